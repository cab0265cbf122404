import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { memoryFeatureCatalog } from '#adapters/memory/memory-feature-catalog.ts';
import { memoryMaterializationLog } from '#adapters/memory/memory-materialization-log.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { memoryOnlineTable } from '#adapters/memory/memory-online-table.ts';
import { memoryWatermarks } from '#adapters/memory/memory-watermarks.ts';
import { systemDigest } from '#adapters/system/system.ts';
import { dataKeys } from '#contracts/datasets.ts';
import { Entity, FeatureView } from '#contracts/feature-views.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import { type EntityKey, type OnlineRow, onlineKey } from '#contracts/online.ts';
import { Source } from '#contracts/sources.ts';
import {
  finishMaterialization,
  type Materialized,
  materializeShard,
  type OnlineTable,
  type Planned,
  type PlanRequest,
  planMaterialization,
} from '#core/features/index.ts';

export const PROJECT = 'shop';
const LONG_AGO = '2020-01-01T00:00:00Z';
export const now = '2026-03-02T00:00:00.000Z';

/** A view over orders.csv, whose rows say when they became true and when they became known. */
export const someSourceView = (name: string, changes: Partial<FeatureView> = {}, version = 1): FeatureViewVersion => ({
  kind: 'view',
  project: PROJECT,
  name,
  version,
  contentSha256: systemDigest.sha256(JSON.stringify([name, changes, version])),
  createdAt: now,
  createdBy: 'ann',
  view: FeatureView.parse({
    name,
    entity: 'customer',
    source: 'orders',
    ttlDays: 0,
    features: [{ name: 'amount', type: 'number' }],
    ...changes,
  }),
  entities: [Entity.parse({ name: 'customer', joinKey: 'customer_id' })],
  source: Source.parse({ path: 'orders/*.csv', timestamp: 'ordered_at', created: 'seen_at' }),
});

/** Lines of customer, time of the fact, time of knowing, amount. */
export const orders = (...rows: readonly (readonly [string, string, string, number | string])[]): string =>
  ['customer_id,ordered_at,seen_at,amount', ...rows.map((row) => row.join(','))].join('\n');

export interface Ran {
  readonly plans: Planned[];
  readonly done: Materialized;
}

/** Everything in memory but DuckDB, which is the real one. */
export const materializeWorld = async (views: readonly FeatureViewVersion[]) => {
  let storedAt = LONG_AGO;
  const objects = memoryObjectStore('data', () => new Date(storedAt));
  const definitions = memoryFeatureCatalog();
  for (const view of views) await definitions.save(view);
  const published: unknown[] = [];
  const online = memoryOnlineTable();
  const clock = { now: () => new Date(now) };
  const deps = {
    objects,
    definitions,
    clock,
    digest: systemDigest,
    codeVersion: 'v1',
    catalog: s3DatasetCatalog(objects),
    engine: duckDbEngine(),
    watermarks: memoryWatermarks(),
    log: memoryMaterializationLog(),
    online: online as OnlineTable,
    metrics: { publish: async (done: Materialized) => void published.push(['metrics', done.rows]) },
    events: { publish: async (name: string, detail: object) => void published.push([name, detail]) },
  };
  let executions = 0;
  const request = (changes: Partial<PlanRequest> = {}): PlanRequest => {
    executions += 1;
    return { project: PROJECT, execution: `e${executions}`, startedAt: now, ...changes };
  };

  /** Plans, shards and end as the state machine goes through them: a shard that fails leaves the others. */
  const run = async (changes: Partial<PlanRequest> = {}, own: Partial<typeof deps> = {}): Promise<Ran> => {
    const all = { ...deps, ...own };
    const asked = request(changes);
    const plans: Planned[] = [];
    for (;;) {
      const plan = await planMaterialization(all, asked);
      plans.push(plan);
      const failures: { shard: number; reason: string }[] = [];
      for (const shard of plan.shards)
        await materializeShard(all, { ...plan, shard }).catch((error: Error) =>
          failures.push({ shard, reason: `${error.name}: ${error.message}` }),
        );
      const done = await finishMaterialization(all, { ...asked, ...plan, failures });
      if (!plan.again) return { plans, done };
    }
  };
  const read = async (key: string | EntityKey) => {
    const pk = onlineKey(PROJECT, typeof key === 'string' ? { customer_id: key } : key);
    return (await online.read([pk])).get(pk)?.views;
  };
  return {
    deps,
    published,
    request,
    run,
    /** Stores a raw file: long before any watermark, or at a moment. */
    put: async (path: string, text: string, at = LONG_AGO) => {
      storedAt = at;
      await objects.put(dataKeys.raw(PROJECT, path), text);
      storedAt = LONG_AGO;
    },
    read,
    /** Amount that is online of a customer. */
    amount: async (customer: string, view = 'buying') => (await read(customer))?.[view]?.values.amount,
    push: async (customer: string, eventTime: string, amount: number) => {
      const row: OnlineRow = {
        pk: onlineKey(PROJECT, { customer_id: customer }),
        view: 'buying',
        values: { amount },
        eventTime,
        createdTime: eventTime,
      };
      await online.putNewer(
        (async function* () {
          yield [row];
        })(),
      );
    },
  };
};
export type MaterializeWorld = Awaited<ReturnType<typeof materializeWorld>>;
