import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { memoryOnlineTable } from '#adapters/memory/memory-online-table.ts';
import { memoryProjectStore } from '#adapters/memory/memory-project-store.ts';
import { systemDigest } from '#adapters/system/system.ts';
import { type DatasetManifest, dataKeys } from '#contracts/datasets.ts';
import { Project, type ProjectVersion } from '#contracts/project.ts';
import type { DataDeps, OnlineTable, Row } from '#core/features/index.ts';
import { viewDataset } from '#core/features/index.ts';

export const startedAt = '2026-03-02T02:00:00.000Z';
export const step = { execution: 'e-1', startedAt, project: 'shop' };

/** A small shop: people and what they bought. */
export const shopFiles: Record<string, string> = {
  'dataset.sql': `SELECT p.customer_id, p.age, p.city, coalesce(o.orders, 0) AS orders, o.total, p.left_us
FROM people p
LEFT JOIN (
  SELECT customer_id, count(*) AS orders, sum(amount) AS total
  FROM orders WHERE ordered_at >= $start AND ordered_at < $end GROUP BY customer_id
) o USING (customer_id)`,
  'features.sql': `SELECT customer_id, age, upper(city) AS city, total / orders AS mean_amount, age > 40 AS is_older, left_us
FROM dataset`,
  'suite.json': JSON.stringify({
    name: 'shop',
    expectations: [{ type: 'expect_column_values_to_not_be_null', kwargs: { column: 'customer_id' } }],
  }),
};

export const shopProject = (changes: object = {}): Project =>
  Project.parse({
    name: 'shop',
    sources: {
      people: { path: 'people.csv', key: 'customer_id', columns: ['customer_id', 'age', 'city', 'left_us'] },
      orders: { path: 'orders/*.csv', key: 'customer_id', timestamp: 'ordered_at', columns: ['amount'] },
    },
    dataset: { sql: 'dataset.sql' },
    expectations: 'suite.json',
    features: { sql: 'features.sql' },
    entities: [{ name: 'customer', joinKey: 'customer_id' }],
    featureViews: [
      {
        name: 'profile',
        entity: 'customer',
        ttlDays: 90,
        features: [
          { name: 'age', type: 'number' },
          { name: 'city', type: 'string' },
        ],
      },
      {
        name: 'buying',
        entity: 'customer',
        ttlDays: 30,
        features: [
          { name: 'mean_amount', type: 'number' },
          { name: 'is_older', type: 'number' },
        ],
      },
    ],
    label: { name: 'left_us' },
    serving: { entityKey: 'customer_id' },
    ...changes,
  });

export const people = `customer_id,age,city,left_us
007,31,Bern,0
010,52,Oslo,1
002,45,,0
`;
export const orders = {
  'orders/1.csv':
    'customer_id,ordered_at,amount\n007,2026-02-20 10:00:00,10.5\n007,2026-02-21,4.5\n010,2026-02-21,99\n',
  'orders/2.csv': 'customer_id,ordered_at,amount\n010,2026-03-01 23:59:59,1\n010,2026-03-02 02:00:00,5000\n',
};

export interface World {
  readonly deps: DataDeps & { online: OnlineTable };
  readonly project: ProjectVersion;
  put(files: Readonly<Record<string, string>>): Promise<void>;
  /** Stores a next version of the project. */
  apply(project: Project, files?: Record<string, string>): Promise<ProjectVersion>;
  rows(manifest: DatasetManifest): Promise<Row[]>;
  /** Every object's key. */
  keys(): Promise<string[]>;
}

/** The data pipeline's surroundings with everything in memory but DuckDB, which is the real one. */
export const dataWorld = async (project = shopProject(), files = shopFiles): Promise<World> => {
  const objects = memoryObjectStore();
  const projects = memoryProjectStore();
  const clock = { now: () => new Date('2026-03-02T02:00:05Z') };
  const catalog = s3DatasetCatalog(objects);
  const shared = { objects, projects, catalog, clock, digest: systemDigest, codeVersion: 'v1' };
  const deps = { ...shared, engine: duckDbEngine(), online: memoryOnlineTable() };
  let version = 0;
  const apply: World['apply'] = async (next, texts = files) => {
    version += 1;
    const contentSha256 = systemDigest.sha256(JSON.stringify([next, texts]));
    const applied = { project: next, version, contentSha256, files: texts, appliedAt: startedAt, appliedBy: 'test' };
    await projects.save(applied);
    return applied;
  };
  return {
    deps,
    project: await apply(project),
    put: async (raw) => {
      for (const [path, text] of Object.entries(raw)) await objects.put(dataKeys.raw(project.name, path), text);
    },
    apply,
    rows: (manifest) =>
      deps.engine.open(async (tables) => {
        await viewDataset(objects, tables, { name: 'seen', manifest });
        return tables.rows('FROM seen');
      }),
    keys: async () => (await objects.list('')).map(({ key }) => key),
  };
};

/** The same with the shop's files in place. */
export const filledWorld = async (project = shopProject(), files = shopFiles): Promise<World> => {
  const world = await dataWorld(project, files);
  await world.put({ 'people.csv': people, ...orders });
  return world;
};
