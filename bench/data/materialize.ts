/** Offline rows into DynamoDB Local: this platform's plan and shards beside Feast's materialize, one process each. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { localPaths, repositoryRoot } from '#local/paths.ts';
import type { Section } from '../data.ts';
import { processorTime, usedSince } from '../support/cpu.ts';
import { dynamoDbLocal } from '../support/dynamodb-local.ts';
import { peerEnv } from '../support/peer-env.ts';

const FEATURES = 10;
const BOTH = 100_000;
const LARGE = 1_000_000;
const support = join(repositoryRoot, 'bench', 'support');
const folder = join(localPaths().state, 'bench');
const run = promisify(execFile);

type DynamoDbLocal = Awaited<ReturnType<typeof dynamoDbLocal>>;
interface Measured {
  readonly seconds: number;
  readonly cpu: number;
  readonly planSeconds?: number;
  readonly shards?: number;
}

/** Parquet of as many entities, each with one row of numbers. */
const entitiesFile = async (entities: number): Promise<string> => {
  const file = join(folder, `entities-${entities}.parquet`);
  const numbers = Array.from({ length: FEATURES }, (_, i) => `hash(i + ${i}) / 1e19 AS f${i}`);
  const times = ["TIMESTAMP '2026-02-01' AS event_timestamp", "TIMESTAMP '2026-02-01' AS created_timestamp"];
  await duckDbEngine({ memoryLimitMb: 1_024, temporaryFolder: folder }).open(async (tables) => {
    const query = `SELECT 'C' || i AS customer_id, ${[...times, ...numbers].join(', ')} FROM range(${entities}) t(i)`;
    const local = tables.localPath('entities.parquet');
    await tables.writeParquet(query, local);
    await run('cp', [local, file]);
  });
  return file;
};

const printed = async (command: string, args: readonly string[]): Promise<Measured> => {
  const credentials = { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench', AWS_REGION: 'us-east-1' };
  const env = { ...process.env, ...credentials, FEAST_USAGE: 'False' };
  const { stdout } = await run(command, args, { env, maxBuffer: 64 * 2 ** 20 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Measured;
};

/** A process's work, with the processor time that it cost the table. */
const beside = async (db: DynamoDbLocal, work: () => Promise<Measured>) => {
  const before = processorTime(db.pid);
  const measured = await work();
  const { own, started } = usedSince(db.pid, before);
  return { ...measured, table: own + started };
};

const ours = (db: DynamoDbLocal, entities: number) =>
  beside(db, async () =>
    printed(process.execPath, [
      join(support, 'materialize.ts'),
      await entitiesFile(entities),
      db.url,
      String(FEATURES),
    ]),
  );

const feast = (db: DynamoDbLocal, entities: number) =>
  beside(db, async () => {
    const repository = join(folder, 'feast-materialize');
    rmSync(repository, { recursive: true, force: true });
    const file = await entitiesFile(entities);
    const args = [join(support, 'feast_materialize.py'), repository, file, db.url, String(FEATURES)];
    return printed(await peerEnv('feast-online', ['feast[aws]==0.67.0']), args);
  });

const row = (name: string, entities: number, m: Measured & { table: number }) => [
  name,
  entities.toLocaleString('en-US'),
  m.seconds.toFixed(1),
  Math.round(entities / m.seconds).toLocaleString('en-US'),
  ((m.cpu / entities) * 1e6).toFixed(0),
  ((m.table / entities) * 1e6).toFixed(0),
  m.planSeconds === undefined ? '' : `plan ${m.planSeconds.toFixed(1)} s, ${m.shards} shards`,
];

export const measure = async (): Promise<Section> => {
  const db = await dynamoDbLocal();
  try {
    const rows = [
      row('Feast materialize', BOTH, await feast(db, BOTH)),
      row('this platform', BOTH, await ours(db, BOTH)),
    ];
    rows.push(row('this platform', LARGE, await ours(db, LARGE)));
    return {
      title: `Materialization into DynamoDB Local, ${FEATURES} features a row, one process`,
      head: ['', 'entities', 'wall s', 'rows/s', 'CPU µs a row', 'CPU µs a row of the table', ''],
      rows,
    };
  } finally {
    await db.stop();
  }
};
