import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { localPaths } from '#local/paths.ts';

/** Rows and features of each view: 50,000 entities over a year. */
const views = { profile: [1_000_000, 4], activity: [600_000, 3], billing: [200_000, 3] } as const;
export const joinedFeatures = Object.entries(views).flatMap(([view, [, count]]) =>
  Array.from({ length: count }, (_, i) => `${view}_${i}`),
);

const YEAR_SECONDS = 365 * 86_400;
const MOMENT = `TIMESTAMP '2025-01-01' + to_seconds((random() * ${YEAR_SECONDS})::BIGINT)`;
const USER = `'u' || (random() * 50000)::INTEGER AS user_id`;

const viewQuery = (view: string, [rows, count]: readonly [number, number]): string => {
  const features = Array.from({ length: count }, (_, i) => `random() * 100 AS ${view}_${i}`);
  const known = 'event_timestamp + to_seconds((random() * 86400)::BIGINT) AS created';
  return `SELECT ${USER}, event_timestamp, ${known}, ${features.join(', ')} FROM (SELECT ${MOMENT} AS event_timestamp FROM range(${rows}))`;
};
const entityQuery = (rows: number): string =>
  `SELECT i AS row_id, ${USER}, ${MOMENT} AS event_timestamp, random() AS label FROM range(${rows}) t(i)`;

const projectText = (): string => {
  const sources = Object.keys(views).map(
    (view) => `  ${view}: { path: ${view}.parquet, format: parquet, timestamp: event_timestamp, created: created }`,
  );
  const defined = Object.entries(views).map(([view, [, count]]) => {
    const features = Array.from({ length: count }, (_, i) => `{ name: ${view}_${i}, type: number }`);
    return `  - { name: ${view}, entity: user, source: ${view}, ttlDays: 90, features: [${features.join(', ')}] }`;
  });
  return [
    'name: bench',
    'sources:',
    ...sources,
    'entities: [{ name: user, joinKey: user_id }]',
    'featureViews:',
    ...defined,
    '',
  ].join('\n');
};

export interface JoinData {
  readonly folder: string;
  readonly project: string;
  readonly entities: (rows: number) => string;
}

/** Generates three views, entity tables of these sizes and the project file once, below .local/bench/join-data. */
export const joinData = async (sizes: readonly number[]): Promise<JoinData> => {
  const folder = join(localPaths().state, 'bench', 'join-data');
  mkdirSync(folder, { recursive: true });
  const queries = [
    ...Object.entries(views).map(([view, size]) => [view, viewQuery(view, size)] as const),
    ...sizes.map((rows) => [`entities-${rows}`, entityQuery(rows)] as const),
  ];
  const database = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await database.connect();
  for (const [name, query] of queries) {
    const file = join(folder, `${name}.parquet`);
    await connection.run('SELECT setseed(0.42)');
    if (!existsSync(file)) await connection.run(`COPY (${query}) TO '${file}' (FORMAT parquet)`);
  }
  connection.closeSync();
  const project = join(folder, 'project.yaml');
  writeFileSync(project, projectText());
  return { folder, project, entities: (rows) => join(folder, `entities-${rows}.parquet`) };
};

/** Rows whose features are not the same in two answers; a missing number may be a NaN in one. */
export const differing = async (ours: string, theirs: string): Promise<number> => {
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  const value = (side: string, name: string) => `CASE WHEN NOT isnan(${side}.${name}) THEN ${side}.${name} END`;
  const differs = joinedFeatures.map((name) => `${value('a', name)} IS DISTINCT FROM ${value('b', name)}`);
  const found = await connection.runAndReadAll(
    `SELECT count(*) AS n FROM '${ours}' a JOIN '${theirs}' b USING (row_id) WHERE ${differs.join(' OR ')}`,
  );
  connection.closeSync();
  return Number(found.getRowObjects()[0]?.n);
};
