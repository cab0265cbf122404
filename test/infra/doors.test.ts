import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { bundle } from '#infra/bundles/bundle.ts';
import { type DoorName, doorNames, doors } from '#infra/doors.ts';
import { root } from '#infra/root.ts';
import { resourcesOf, templatesOf } from './synth.ts';

const megabytes = (file: string) => statSync(file).size / 1e6;

const functionOf = (door: DoorName) => {
  const functions = Object.values(resourcesOf(templatesOf('prod').platform, 'AWS::Lambda::Function'));
  return functions.find(({ Properties }) => Properties.Description === `functions/${door}.ts`)?.Properties;
};

/** The environment that the stack gives a function; what is known only when it is deployed is `later`. */
const environmentOf = (door: DoorName): Record<string, string> => {
  const variables: Record<string, unknown> = functionOf(door)?.Environment.Variables ?? {};
  const told = Object.entries(variables).map(([name, value]) => [name, typeof value === 'string' ? value : 'later']);
  return Object.fromEntries(told);
};

/** What a function says that starts in this environment, with what Lambda and its layers add. */
const coldStart = async (door: DoorName, environment: Readonly<Record<string, string>>): Promise<string> => {
  const byLambda = { AWS_REGION: 'us-east-1', LAMBDA_TASK_ROOT: root, NODE_PATH: join(root, 'node_modules') };
  const env = { ...environment, ...byLambda };
  // Uncaught, an error is shown with the line that threw it: a bundle's lines are so long that their end gets lost.
  const script = `try { require(${JSON.stringify(bundle(door).file)}) } catch (error) { console.error(String(error)); process.exitCode = 1 }`;
  const start = promisify(execFile)(process.execPath, ['-e', script], { env });
  return start.then(
    () => 'started',
    ({ stderr, message }: { stderr?: string; message: string }) => stderr || message,
  );
};

// Bundling and synthesis take a minute where other suites do the same at once.
beforeAll(() => {
  bundle(doorNames[0] as DoorName);
  templatesOf('prod');
}, 300_000);

describe('doors', () => {
  it('are all files of functions/ that hold a handler, and no others', () => {
    const files = readdirSync(join(root, 'functions'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('_shared'))
      .filter((file) => /export const handler\b/.test(readFileSync(join(root, 'functions', file), 'utf8')))
      .map((file) => relative('.', file).replace(/\.ts$/, ''));
    expect(files.sort()).toEqual([...doorNames].sort());
  });

  it.each(doorNames)('%s starts with the environment that it is given', async (door) => {
    expect(await coldStart(door, environmentOf(door))).toBe('started');
  });

  it('start with nothing less, and say what they lack', async () => {
    const { TRACKING_TABLE: _, ...less } = environmentOf('training/progress');
    expect(await coldStart('training/progress', less)).toMatch(/the environment lacks or misstates: TRACKING_TABLE;/);
  });
});

describe('bundles', () => {
  it.each(doorNames.filter((door) => ['api', 'files'].includes(doors[door].kind)))('%s stays below 3 MB', (door) => {
    expect(megabytes(bundle(door).file)).toBeLessThan(3);
  });

  it('ask for native packages only where a layer brings them', () => {
    const natives = { DuckDb: '@duckdb/node-api', Onnx: 'onnxruntime-node' };
    for (const door of doorNames) {
      const layers = JSON.stringify(functionOf(door)?.Layers ?? []);
      const code = readFileSync(bundle(door).file, 'utf8');
      for (const [layer, name] of Object.entries(natives))
        if (code.includes(`require("${name}")`)) expect([door, layers]).toEqual([door, expect.stringContaining(layer)]);
    }
  });

  it('carry no source map into the function but keep it beside', () => {
    for (const door of doorNames) {
      const { file } = bundle(door);
      expect(existsSync(`${file}.map`)).toBe(true);
      expect(readFileSync(file, 'utf8')).not.toMatch(/sourceMappingURL/);
    }
  });
});
