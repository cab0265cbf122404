/** Whole processes that join three views to an entity table by time: this platform's command and Feast's two stores. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '#local/paths.ts';
import type { Section } from '../data.ts';
import { differing, type JoinData, joinData } from '../support/join-data.ts';
import { peerEnv } from '../support/peer-env.ts';

const SIZES = [100_000, 1_000_000];
const FEAST = ['feast[duckdb]==0.67.0'];
const support = join(repositoryRoot, 'bench', 'support');

interface Joined {
  readonly rows: number;
  readonly wall: number;
  readonly cpu: number;
  readonly peakMb: number;
  /** Without the start of the process, where it tells. */
  readonly seconds?: number;
}

const run = (python: string, command: readonly string[]): Joined => {
  const output = execFileSync(python, [join(support, 'measured.py'), ...command], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const end = output.trimEnd().lastIndexOf('\n');
  const printed = output.slice(0, end);
  const facts = JSON.parse(printed.slice(printed.indexOf('{'))) as Pick<Joined, 'rows' | 'seconds'>;
  return { ...facts, ...(JSON.parse(output.slice(end)) as Omit<Joined, 'rows'>) };
};

const ourCommand = (data: JoinData, rows: number, out: string): string[] => {
  const mlp = [process.execPath, join(repositoryRoot, 'cli', 'mlp.ts'), 'features', 'join', '--json'];
  return [...mlp, '--entities', data.entities(rows), '--views', data.project, '--out', out];
};
const feastCommand = (python: string, store: string, [data, rows, out]: readonly [JoinData, number, string]) => [
  python,
  join(support, 'feast_join.py'),
  store,
  data.folder,
  data.entities(rows),
  out,
];

const rowsOf = async (python: string, data: JoinData, size: number): Promise<(string | number)[][]> => {
  const out = (tool: string) => join(data.folder, `out-${tool}-${size}.parquet`);
  const ours = run(python, ourCommand(data, size, out('mlp')));
  const shown = async (name: string, store: string): Promise<(string | number)[]> => {
    const theirs = run(python, feastCommand(python, store, [data, size, out(store)]));
    const others = await differing(out('mlp'), out(store));
    const { wall, seconds = wall, cpu, peakMb, rows } = theirs;
    return [name, String(size), wall, seconds, cpu, peakMb, wall / ours.wall, String(rows), String(others)];
  };
  return [
    ['mlp features join', String(size), ours.wall, ours.wall, ours.cpu, ours.peakMb, 1, String(ours.rows), '-'],
    await shown('Feast, DuckDB store', 'duckdb'),
    await shown('Feast, Dask store', 'dask'),
  ];
};

export const measure = async (): Promise<Section> => {
  const python = await peerEnv('feast-offline', FEAST);
  const data = await joinData(SIZES);
  const rows: (string | number)[][] = [];
  for (const size of SIZES) rows.push(...(await rowsOf(python, data, size)));
  return {
    title: 'Point-in-time join: 3 views (1 M, 600 k and 200 k rows), 10 features, 50 k entities; Parquet in and out',
    head: [
      'tool',
      'entity rows',
      'process s',
      'without imports s',
      'CPU s',
      'peak MB',
      'times as long',
      'rows kept',
      'rows otherwise',
    ],
    rows,
  };
};
