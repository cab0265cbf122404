/** How long each API door takes to load: what a cold start adds to Lambda's own. Median of fresh processes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type DoorName, doorNames, doors } from '#infra/doors.ts';
import { median, printTable } from './support/table.ts';

const RUNS = 5;
const apiDoors = doorNames.filter((name) => doors[name].kind === 'api');

/** As they are deployed: one file a door, minified, ES modules of packages preferred. */
const bundle = async (folder: string): Promise<void> => {
  const entryPoints = Object.fromEntries(apiDoors.map((door) => [door, `functions/${door}.ts`]));
  const shape = { bundle: true, minify: true, platform: 'node', format: 'cjs', target: 'node24' } as const;
  const resolving = { mainFields: ['module', 'main'], external: ['@duckdb/node-api'] };
  const to = { outdir: folder, outExtension: { '.js': '.cjs' }, logLevel: 'error' } as const;
  await build({ ...shape, ...resolving, ...to, entryPoints, logOverride: { 'empty-import-meta': 'silent' } });
};

const script = (file: string): string => `
  const start = performance.now();
  try { require(${JSON.stringify(file)}); } catch (error) { console.error(error.message); process.exit(1); }
  console.log(performance.now() - start);
  process.exit(0);`;

type Variables = Readonly<Record<string, string>>;

const start = (file: string, variables: Variables) => {
  const env = { PATH: process.env.PATH, AWS_REGION: 'us-east-1', ...variables };
  return spawnSync(process.execPath, ['-e', script(file)], { env, encoding: 'utf8' });
};

/** Variables without which a door does not load: it names them when it is started without, module by module. */
const variablesOf = (file: string, known: Variables = {}): Variables => {
  const [, names = ''] = /the environment lacks or misstates: ([A-Z_, ]+);/.exec(start(file, known).stderr) ?? [];
  const found = names.split(', ').filter((name) => name !== '' && !(name in known));
  return found.length === 0
    ? known
    : variablesOf(file, { ...known, ...Object.fromEntries(found.map((name) => [name, '1'])) });
};

const loadOnce = (file: string, variables: Variables): number => {
  const { stdout, stderr, status } = start(file, variables);
  if (status !== 0) throw new Error(`${file} does not load: ${stderr}`);
  return Number(stdout.trim().split('\n').at(-1));
};

const measure = (folder: string, door: DoorName): [string, number, number, number] => {
  const file = join(folder, `${door}.cjs`);
  const variables = variablesOf(file);
  const times = Array.from({ length: RUNS }, () => loadOnce(file, variables));
  return [door, statSync(file).size / 1000, median(times), Math.max(...times)];
};

const folder = mkdtempSync(join(tmpdir(), 'cold-start-'));
try {
  await bundle(folder);
  const rows = apiDoors.map((door) => measure(folder, door));
  printTable(['door', 'kB', `load ms, median of ${RUNS}`, 'slowest'], rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
