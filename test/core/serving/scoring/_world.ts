import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ModelSource } from '#adapters/aws/s3-model-source.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { memoryProjectStore } from '#adapters/memory/memory-project-store.ts';
import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import { systemDigest, systemIds } from '#adapters/system/system.ts';
import { type DatasetManifest, dataKeys } from '#contracts/datasets.ts';
import { Project } from '#contracts/project.ts';
import { scoringKeys } from '#contracts/scoring.ts';
import { type Row, storeDataset } from '#core/features/index.ts';
import { registerVersion, transitionStage } from '#core/registry/index.ts';
import { finishScoring, planScoring, scoreShard } from '#core/serving/index.ts';
import type { ObjectStore } from '#core/shared/ports.ts';
import { explainedFiles } from './_explained.ts';

const fixtures = join(import.meta.dirname, '../../../fixtures/serving-model');

const projectOf = (scoring: object): Project =>
  Project.parse({
    name: 'churn',
    sources: { customers: { path: 'customers.csv' } },
    dataset: { sql: 'dataset.sql' },
    expectations: 'suite.json',
    features: { sql: 'features.sql' },
    entities: [{ name: 'customer', joinKey: 'customer_id' }],
    featureViews: [{ name: 'profile', entity: 'customer', features: [{ name: 'tenure', type: 'number' }] }],
    label: { name: 'churned' },
    serving: { entityKey: 'customer_id' },
    scoring,
  });

/** Customers as the fixtures' models know them, some values missing; the same for every call. */
export const customers = (count: number): string => `
  SELECT 'c-' || (i * 7919 % 100003) AS customer_id, TIMESTAMP '2026-01-01' AS event_timestamp,
    CASE WHEN i % 11 > 0 THEN CAST(hash(i) % 72 AS DOUBLE) END AS tenure,
    round(20 + (hash(i || 'm') % 10000) / 100.0, 2)::DOUBLE AS monthly_charges,
    CASE WHEN i % 7 > 0 THEN ['monthly', 'yearly', 'two-yearly'][1 + CAST(hash(i || 'c') % 3 AS INTEGER)] END AS contract,
    NULL::VARCHAR AS churned
  FROM range(${count}) t(i)`;

export interface WorldOptions {
  readonly model?: string;
  readonly scoring?: object;
  readonly features?: string;
}

/** Everything in memory but DuckDB and onnxruntime, which are the real ones. */
export const scoringWorld = async ({ model = 'v1', scoring = {}, features }: WorldOptions = {}) => {
  const published: { name: string; detail: Record<string, unknown> }[] = [];
  const events = {
    publish: async (name: string, detail: object) => {
      published.push({ name, detail: { ...detail } });
    },
  };
  const writes: string[] = [];
  const broken = new Set<string>();
  const memory = memoryObjectStore('data');
  const objects: ObjectStore = {
    ...memory,
    put: async (key, body, type) => {
      writes.push(key);
      await memory.put(key, body, type);
    },
    putNew: async (key, body, type) => {
      const isNew = await memory.putNew(key, body, type);
      if (isNew) writes.push(key);
      return isNew;
    },
    upload: async (file, key, type) => {
      if ([...broken].some((end) => key.endsWith(end))) throw new Error('the function was killed');
      writes.push(key);
      await memory.upload(file, key, type);
    },
  };
  const artifacts = memoryObjectStore('artifacts');
  const clock = { now: () => new Date('2026-01-02T05:00:00Z') };
  const projects = memoryProjectStore();
  const applied = { contentSha256: 'x', files: {}, appliedAt: '2026-01-01T00:00:00Z', appliedBy: 'ann' };
  await projects.save({ project: projectOf(scoring), version: 1, ...applied });
  const registry = { registry: memoryRegistryStore(), clock, ids: systemIds, digest: systemDigest };
  const deps = {
    objects,
    catalog: s3DatasetCatalog(objects),
    digest: systemDigest,
    clock,
    codeVersion: 'v1',
    projects,
    registry: registry.registry,
    source: s3ModelSource(artifacts),
    limits: { fargateFromBytes: 1e9 },
    runtime: onnxModelRuntime,
    engine: duckDbEngine(),
    events,
  };

  const addFeatures = (query: string): Promise<DatasetManifest> =>
    deps.engine.open((tables) => {
      const inputs = { datasets: [], files: [], parameters: { sql: systemDigest.sha256(query) } };
      const recipe = { kind: 'features', project: 'churn', inputs, codeVersion: 'v1' } as const;
      return storeDataset({ ...deps, events: undefined }, tables, { recipe, projectVersion: 1, step: 'test', query });
    });

  /** Registers a fixture, or what `files` hold, and puts it into production. */
  const promote = async (name: string, files: Readonly<Record<string, Uint8Array | string>> = {}): Promise<number> => {
    const folder = `1/${systemIds.hex32()}/artifacts/model/`;
    for (const file of ['model.onnx', 'serving.json'])
      await artifacts.put(folder + file, files[file] ?? readFileSync(join(fixtures, name, file)));
    for (const [file, body] of Object.entries(files)) await artifacts.put(folder + file, body);
    const source = `s3://artifacts/${folder}`;
    const { version } = await registerVersion(registry, { name: 'churn', source, by: 'test' });
    await transitionStage(registry, { name: 'churn', version, stage: 'Production', archiveExisting: true, by: 'test' });
    return version;
  };

  /** A model whose explanations are sampled: what training leaves for any graph. */
  const promoteExplained = async (name: string) => promote(name, await explainedFiles(name));

  let runs = 0;
  const plan = (input: object = {}) => {
    runs += 1;
    return planScoring(deps, {
      execution: `run-${runs}`,
      startedAt: '2026-01-02T05:00:00.000Z',
      project: 'churn',
      ...input,
    });
  };
  /** What the state machine does: a shard that fails leaves the others alone. */
  const score = async (input: object = {}) => {
    const planned = await plan(input);
    if (planned.skipped !== undefined || planned.scoresId === undefined) return { planned };
    const { scoresId } = planned;
    const ref = { execution: `run-${runs}`, startedAt: '2026-01-02T05:00:00.000Z', project: 'churn', scoresId };
    const failures: { shard: number; reason: string }[] = [];
    for (const shard of planned.shards)
      await scoreShard(deps, { ...ref, shard }).catch((error: Error) =>
        failures.push({ shard, reason: `${error.name}: ${error.message}` }),
      );
    return { planned, finished: await finishScoring(deps, { ...ref, failures }) };
  };
  const shard = (scoresId: string, number: number) => scoreShard(deps, { project: 'churn', scoresId, shard: number });
  /** Rows of a finished scoring, in their order. */
  const rowsOf = (scoresId: string | undefined): Promise<Row[]> =>
    deps.engine.open(async (tables) => {
      const manifest = await deps.catalog.find('churn', 'scores', scoresId ?? '');
      const files: string[] = [];
      for (const { path } of manifest?.files ?? []) {
        const file = tables.localPath(path);
        await objects.download(`${scoringKeys.folder('churn', scoresId ?? '')}${path}`, file);
        files.push(`'${file}'`);
      }
      return tables.rows(`FROM read_parquet([${files.join(', ')}])`);
    });
  const stored = (dataset: DatasetManifest): Promise<Row[]> =>
    deps.engine.open(async (tables) => {
      const file = tables.localPath('features.parquet');
      await objects.download(`${dataKeys.dataset('churn', 'features', dataset.datasetId)}part-0.parquet`, file);
      return tables.rows(`FROM '${file}' ORDER BY customer_id`);
    });

  const dataset = features === undefined ? undefined : await addFeatures(features);
  if (model !== 'none') await promote(model);
  writes.length = 0;
  return {
    deps,
    published,
    writes,
    broken,
    addFeatures,
    promote,
    promoteExplained,
    shard,
    plan,
    score,
    rowsOf,
    stored,
    dataset,
    registry,
  };
};
