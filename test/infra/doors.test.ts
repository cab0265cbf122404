import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type BuildResult, build } from 'esbuild';
import { bundle } from '#infra/bundles/bundle.ts';
import { type DoorName, doorNames, doors } from '#infra/doors.ts';
import { root } from '#infra/root.ts';
import { resourcesOf, templatesOf } from './synth.ts';

const megabytes = (file: string) => statSync(file).size / 1e6;

/** Variables that a function is given by the stack. */
const variablesOf = (door: DoorName): string[] => {
  const functions = Object.values(resourcesOf(templatesOf('prod').platform, 'AWS::Lambda::Function'));
  const found = functions.find(({ Properties }) => Properties.Description === `functions/${door}.ts`);
  return Object.keys(found?.Properties.Environment.Variables ?? {});
};

/** Variables that the sources below functions/ of a door ask for and cannot do without. */
const asked = async (door: DoorName): Promise<string[]> => {
  const result: BuildResult<{ metafile: true; write: false }> = await build({
    absWorkingDir: root,
    entryPoints: [`functions/${door}.ts`],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    logLevel: 'silent',
    outdir: 'dist/asked',
  });
  const sources = Object.keys(result.metafile.inputs).filter((file) => file.startsWith('functions/'));
  const text = sources.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  const names = [...text.matchAll(/^.*?\b([A-Z][A-Z_]+): text\b(?!\.optional)/gm)].map(([, name]) => name as string);
  return names.filter((name) => !name.startsWith('LAMBDA_')); // which Lambda sets by itself
};

describe('doors', () => {
  it('are all files of functions/ that hold a handler, and no others', () => {
    const files = readdirSync(join(root, 'functions'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('_shared'))
      .filter((file) => /export const handler\b/.test(readFileSync(join(root, 'functions', file), 'utf8')))
      .map((file) => relative('.', file).replace(/\.ts$/, ''));
    expect(files.sort()).toEqual([...doorNames].sort());
  });

  it.each(doorNames)('%s is given every variable that it asks for', async (door) => {
    const names = await asked(door);
    expect(variablesOf(door)).toEqual(expect.arrayContaining(names));
  });
});

describe('bundles', () => {
  beforeAll(() => void bundle(doorNames[0] as DoorName), 120_000);

  it.each(doorNames.filter((door) => ['api', 'files'].includes(doors[door].kind)))('%s stays below 3 MB', (door) => {
    expect(megabytes(bundle(door).file)).toBeLessThan(3);
  });

  it('carry no source map into the function but keep it beside', () => {
    for (const door of doorNames) {
      const { file } = bundle(door);
      expect(existsSync(`${file}.map`)).toBe(true);
      expect(readFileSync(file, 'utf8')).not.toMatch(/sourceMappingURL/);
    }
  });
});
