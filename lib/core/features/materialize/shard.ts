import { dataKeys } from '#contracts/datasets.ts';
import { type EntityKey, type OnlineRow, onlineKey } from '#contracts/online.ts';
import type { Row, Tables } from '../ports.ts';
import { literal } from '../sql-text.ts';
import type { PlanRef, ShardDeps, ShardDone } from './ports.ts';
import { shardFile } from './shards.ts';

export interface ShardRequest extends PlanRef {
  readonly shard: number;
}

const keyOf = (row: Row): EntityKey => {
  const values = JSON.parse(String(row.entity)) as (string | number)[];
  const columns = String(row.key_columns).split('+');
  return Object.fromEntries(columns.map((column, i) => [column, values[i] ?? '']));
};

const time = (ms: Row[string] | undefined): string => new Date(Number(ms)).toISOString();

const onlineRow = (project: string, row: Row): OnlineRow => ({
  pk: onlineKey(project, keyOf(row)),
  view: String(row.view),
  values: JSON.parse(String(row.values)),
  eventTime: time(row.event_ms),
  createdTime: time(row.created_ms),
  ...(row.expires_at !== null && { expiresAt: Number(row.expires_at) }),
});

interface Count {
  rows: number;
  entities: number;
  expired: number;
  lastKey: string;
}

const isAlive = ({ expiresAt }: OnlineRow, now: Date): boolean =>
  expiresAt === undefined || expiresAt * 1_000 >= now.getTime();

/** A shard's rows as they go into the table, counted on their way. Rows of one key stand together. */
async function* rowsOf(tables: Tables, file: string, of: { project: string; now: Date; count: Count }) {
  const { project, now, count } = of;
  for await (const batch of tables.batches(`FROM read_parquet(${literal(file)})`)) {
    const rows = batch.map((row) => onlineRow(project, row));
    for (const { pk } of rows) {
      if (pk !== count.lastKey) count.entities += 1;
      count.lastKey = pk;
    }
    const alive = rows.filter((row) => isAlive(row, now));
    count.rows += rows.length;
    count.expired += rows.length - alive.length;
    yield alive;
  }
}

const write = async (deps: ShardDeps, tables: Tables, request: ShardRequest): Promise<ShardDone> => {
  const { project, datasetId, shard } = request;
  const began = deps.clock.now();
  const path = shardFile(shard);
  const file = tables.localPath(path);
  await deps.objects.download(`${dataKeys.dataset(project, 'materialization', datasetId)}${path}`, file);
  const count = { rows: 0, entities: 0, expired: 0, lastKey: '' };
  const { written, skippedOlder } = await deps.online.putNewer(rowsOf(tables, file, { project, now: began, count }));
  const ended = deps.clock.now();
  const { rows, entities, expired } = count;
  const seconds = (ended.getTime() - began.getTime()) / 1_000;
  return { shard, rows, entities, written, skippedOlder, expired, seconds, doneAt: ended.toISOString() };
};

/**
 * Writes the rows of a shard into the online table, and then that it is done; one that is done already is left alone.
 * A row that is out of its ttl by now is not written, one that the table has newer values for is skipped.
 */
export const materializeShard = async (deps: ShardDeps, request: ShardRequest): Promise<ShardDone> => {
  const earlier = await deps.log.shard(request, request.shard);
  if (earlier) return earlier;
  const done = await deps.engine.open((tables) => write(deps, tables, request));
  await deps.log.saveShard(request, done);
  return done;
};
