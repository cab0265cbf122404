import { objectDocuments } from '#adapters/aws/object-documents.ts';
import { objectFiles } from '#adapters/aws/object-files.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ReportArchive } from '#adapters/aws/s3-report-archive.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { memoryProjectStore } from '#adapters/memory/memory-project-store.ts';
import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import { memoryTrackingStore } from '#adapters/memory/memory-tracking-store.ts';
import { systemDigest, systemIds } from '#adapters/system/system.ts';
import type { DatasetManifest } from '#contracts/datasets.ts';
import { type GitState, Project } from '#contracts/project.ts';
import type { TrainingResult } from '#contracts/training-result.ts';
import { storeDataset } from '#core/features/index.ts';
import type { EventBus } from '#core/shared/ports.ts';

export const projectOf = (overrides: object = {}): Project =>
  Project.parse({
    name: 'churn',
    sources: { customers: { path: 'customers.csv' } },
    dataset: { sql: 'dataset.sql' },
    expectations: 'suite.json',
    features: { sql: 'features.sql' },
    entities: [{ name: 'customer', joinKey: 'customer_id' }],
    featureViews: [
      { name: 'profile', entity: 'customer', features: [{ name: 'age', type: 'number' }] },
      {
        name: 'usage',
        entity: 'customer',
        features: [
          { name: 'plan', type: 'string' },
          { name: 'age', type: 'number' },
        ],
      },
    ],
    label: { name: 'churned' },
    serving: { entityKey: 'customer_id' },
    training: { minimumRows: 100, ...(overrides as { training?: object }).training },
    gate: [{ metric: 'roc_auc', minimum: 0.8 }],
    ...Object.fromEntries(Object.entries(overrides).filter(([name]) => name !== 'training')),
  });

/** 1,000 customers: every 100th without a label, a quarter of the others churned. */
export const customers = `
  SELECT 'c' || lpad(i::VARCHAR, 4, '0') AS customer_id, (i % 70 + 18)::INTEGER AS age,
    CASE WHEN i % 3 = 0 THEN NULL ELSE 'basic' END AS plan, i AS ignored,
    CASE WHEN i % 100 = 0 THEN NULL WHEN i % 4 = 0 THEN 1 ELSE 0 END AS churned
  FROM range(1000) AS t(i) ORDER BY customer_id`;

/** Everything that training touches: memory for the stores, DuckDB for the data. */
export const makeWorld = async (project: Project = projectOf()) => {
  const published: { name: string; detail: Record<string, unknown> }[] = [];
  const events: EventBus = {
    publish: async (name, detail) => {
      published.push({ name, detail });
    },
  };
  const clock = { now: () => new Date('2026-02-01T00:00:00Z') };
  const projects = memoryProjectStore();
  const apply = (p: Project, version: number, git?: GitState) =>
    projects.save({
      project: p,
      version,
      contentSha256: `${version}`,
      files: {},
      appliedAt: '2026-01-01T00:00:00Z',
      appliedBy: 'ann',
      ...(git && { git }),
    });
  await apply(project, 1);
  const objects = memoryObjectStore('data');
  const artifacts = memoryObjectStore('artifacts');
  const catalog = s3DatasetCatalog(objects);
  const engine = duckDbEngine();
  const datasets = { objects, catalog, digest: systemDigest, clock, codeVersion: 'code-1', events };
  const tracking = { tracking: memoryTrackingStore(), clock, ids: systemIds, artifactBucket: 'artifacts', events };
  const registry = { registry: memoryRegistryStore(), clock, ids: systemIds, digest: systemDigest, events };
  const documents = objectDocuments(artifacts);
  const reports = s3ReportArchive(objects);
  const files = objectFiles(artifacts);
  const stores = { projects, tracking, documents, files, digest: systemDigest };
  const deps = { ...stores, datasets, catalog, engine, reports, registry };
  const store = (kind: DatasetManifest['kind'], query: string, made: readonly string[]) =>
    engine.open((tables) => {
      const inputs = { datasets: [...made], files: [], parameters: {} };
      const recipe = { kind, project: 'churn', codeVersion: 'code-1', inputs };
      return storeDataset(datasets, tables, { recipe, projectVersion: 1, step: 'test', query });
    });
  /** The data pipeline's work: features of these rows and the reference made from them. */
  const withFeatures = async (query = customers, source = 'ingested-1') => {
    const features = await store('features', query, [source]);
    const reference = await store('reference', query, [features.datasetId]);
    return { features, reference };
  };
  return { deps, published, apply, withFeatures, artifacts };
};
export type World = Awaited<ReturnType<typeof makeWorld>>;

export const step = { execution: 'run-1', startedAt: '2026-02-01T00:00:00Z', project: 'churn' };

export const resultOf = (
  candidate: TrainingResult['candidate'],
  change: Partial<TrainingResult> = {},
): TrainingResult => ({
  runId: 'r',
  candidate,
  problem: 'binary-classification',
  metric: 'roc_auc',
  cvScore: 0.85,
  foldScores: [0.84, 0.85, 0.86],
  testMetrics: { roc_auc: 0.86, f1: 0.6, log_loss: 0.4 },
  validationMetrics: { roc_auc: 0.84 },
  params: { depth: 3, penalty: null },
  threshold: 0.4,
  calibration: { method: 'sigmoid', logLossBefore: 0.45, logLossAfter: 0.41 },
  trials: [
    { number: 0, state: 'complete', score: 0.8, seconds: 1, params: {} },
    { number: 1, state: 'complete', score: 0.85, seconds: 1, params: {} },
    { number: 2, state: 'pruned', score: null, seconds: 0.2, params: {} },
  ],
  searchSeconds: 2.2,
  curves: { roc: { x: [0, 1], y: [0, 1] } },
  confusionMatrix: {
    classes: ['0', '1'],
    counts: [
      [100, 10],
      [20, 60],
    ],
  },
  importances: { age: 0.1, plan: 0.02 },
  shapImportances: { age: 0.3, plan: 0.05 },
  warnings: [{ code: 'RARE_CLASS', message: 'class 1 has 24 % of the rows' }],
  rows: { train: 594, validation: 198, test: 198 },
  onnx: { sha256: 'a'.repeat(64), bytes: 1_000 },
  parity: { rows: 400, maxAbsDiff: 1e-7, labelMismatches: 0, computedMismatches: 0, passed: true },
  environment: { python: '3.11', device: 'cpu: no GPU was there' },
  seconds: 4,
  costUsd: 0.0012,
  plots: ['roc'],
  ...change,
});
