import { gzipSync } from 'node:zlib';
import { objectDocuments } from '#adapters/aws/object-documents.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ReportStore } from '#adapters/aws/s3-report-store.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { memoryDeploymentStore } from '#adapters/memory/memory-deployment-store.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { memoryProjectStore } from '#adapters/memory/memory-project-store.ts';
import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import { memoryRetrainLog } from '#adapters/memory/memory-retrain-log.ts';
import { memoryViewHealth } from '#adapters/memory/memory-view-health.ts';
import { systemDigest, systemIds } from '#adapters/system/system.ts';
import type { Deployment } from '#contracts/deployment.ts';
import type { LedgerRecord } from '#contracts/ledger.ts';
import type { DriftReport } from '#contracts/monitoring.ts';
import { Project } from '#contracts/project.ts';
import type { ServingFacts } from '#contracts/serving-facts.ts';
import { storeDataset } from '#core/features/index.ts';
import { registerVersion } from '#core/registry/index.ts';

export const projectOf = (overrides: object = {}): Project =>
  Project.parse({
    name: 'churn',
    sources: { customers: { path: 'customers.csv' } },
    dataset: { sql: 'dataset.sql' },
    expectations: 'suite.json',
    features: { sql: 'features.sql' },
    entities: [{ name: 'customer', joinKey: 'customer_id' }],
    featureViews: [
      {
        name: 'profile',
        entity: 'customer',
        features: [
          { name: 'age', type: 'number' },
          { name: 'late', type: 'number' },
          { name: 'plan', type: 'string' },
          // Named like a field of the ledger on purpose.
          { name: 'time', type: 'number' },
        ],
      },
    ],
    label: { name: 'churned' },
    serving: { entityKey: 'customer_id' },
    ...overrides,
  });

/** Row i of a steady population, or of one that has moved in two of four features. */
export const inputsOf = (i: number, moved = false): LedgerRecord['inputs'] => ({
  age: 20 + ((i * 7) % 50) + (moved ? 15 : 0),
  late: i % 5 === 0 ? 1 : 0,
  plan: moved ? 'prepaid' : (['basic', 'plus', null][i % 3] ?? null),
  time: (i * 13) % 24,
});

export const recordOf = (i: number, changes: Partial<LedgerRecord> = {}): LedgerRecord => ({
  prediction_id: `p-${i}`,
  time: '2026-02-01T10:30:00.000Z',
  caller: 'test',
  request_id: `r-${i}`,
  model_name: 'churn',
  model_version: '1',
  variant: 'stable',
  entity_id: `c-${i}`,
  inputs: inputsOf(i),
  probability: ((i * 17) % 100) / 100,
  prediction: 'no',
  latency_ms: 3,
  ...changes,
});

const facts: ServingFacts = {
  format: 2,
  project: 'churn',
  runId: 'run',
  problem: 'binary-classification',
  inputs: [{ name: 'age', type: 'number' }],
  scoresOutput: 'probabilities',
  computed: [],
  entityKey: 'customer_id',
  classes: ['no', 'yes'],
  threshold: 0.5,
  onnxSha256: 'x',
  goldenRows: [],
  referencePredictions: Array.from({ length: 1_000 }, (_, i) => ((i * 17) % 100) / 100),
};

const REFERENCE_ROWS = 3_000;

/** A deployed model with its reference data, a ledger to write to, and all that the steps need. */
export const makeWorld = async (
  overrides: object = {},
  population: (i: number) => LedgerRecord['inputs'] = inputsOf,
) => {
  const [objects, ledger, artifacts] = ['data', 'ledger', 'artifacts'].map((name) => memoryObjectStore(name)) as [
    ReturnType<typeof memoryObjectStore>,
    ReturnType<typeof memoryObjectStore>,
    ReturnType<typeof memoryObjectStore>,
  ];
  const now = new Date('2026-02-01T11:00:00Z');
  const clock = { now: () => now };
  const engine = duckDbEngine();
  const datasets = { objects, catalog: s3DatasetCatalog(objects), digest: systemDigest, clock, codeVersion: 'test' };
  const projects = memoryProjectStore();
  const applied = { contentSha256: 'x', files: {}, appliedAt: now.toISOString(), appliedBy: 'test' };
  const apply = (project: Project, version: number) => projects.save({ project, version, ...applied });
  await apply(projectOf(overrides), 1);

  const reference = await engine.open(async (tables) => {
    const rows = Array.from({ length: REFERENCE_ROWS }, (_, i) => {
      const { age, late, plan, time } = population(i);
      return `('c-${i}', ${age}, ${late}, ${plan === null ? 'NULL' : `'${plan}'`}, ${time})`;
    });
    const query = `SELECT * FROM (VALUES ${rows.join(',')}) t(customer_id, age, late, plan, time)`;
    const inputs = { datasets: [], files: [], parameters: {} };
    const recipe = { kind: 'reference', project: 'churn', inputs, codeVersion: 'test' } as const;
    return storeDataset(datasets, tables, { recipe, projectVersion: 1, step: 'update-reference', query });
  });

  const registry = memoryRegistryStore();
  const registryDeps = { registry, clock, ids: systemIds, digest: systemDigest };
  const register = (tags: Record<string, string> = {}) =>
    registerVersion(registryDeps, {
      name: 'churn',
      source: 's3://artifacts/1/run/artifacts/model/',
      runId: 'run',
      description: '',
      tags: { projectVersion: '1', referenceDatasetId: reference.datasetId, ...tags },
      by: 'test',
      idempotencyKey: JSON.stringify(tags),
    });
  await register();
  const trainedWith = (change: Partial<ServingFacts>) =>
    artifacts.put('1/run/artifacts/model/serving.json', JSON.stringify({ ...facts, ...change }));
  await trainedWith({});

  const deployments = memoryDeploymentStore();
  const deploy = async (versions: readonly number[], change: Partial<Deployment> = {}) => {
    const revision = ((await deployments.find('churn'))?.revision ?? 0) + 1;
    const variants = versions.map((version, i) => ({ version, weight: i === 0 ? 100 : 0, modelUri: 's3://m/' }));
    const who = { stickyKey: 'customer_id', featureService: 'churn', updatedAt: now.toISOString(), updatedBy: 'test' };
    const what = { model: 'churn', project: 'churn', phase: 'stable' as const, reason: 'test', ...who };
    await deployments.save({ ...what, revision, variants, ...change }, revision - 1);
  };

  const published: { report: DriftReport; at: Date }[] = [];
  const write = (key: string, records: readonly unknown[]) => {
    const lines = records.map((r) => `${typeof r === 'string' ? r : JSON.stringify(r)}\n`).join('');
    return ledger.put(`ledger/${key}`, key.endsWith('.gz') ? gzipSync(lines) : lines);
  };
  const collect = { projects, registry, deployments, ledger, datasets, engine };
  const measure = {
    ...{ projects, registry, datasets, engine },
    artifacts: objectDocuments(artifacts),
    reports: s3ReportStore(objects),
    metrics: { publish: async (report: DriftReport, at: Date) => void published.push({ report, at }) },
    retrains: memoryRetrainLog(),
    health: memoryViewHealth(),
  };
  return {
    collect,
    measure,
    objects,
    artifacts,
    trainedWith,
    reference,
    apply,
    register,
    deploy,
    write,
    published,
    datasets,
    engine,
  };
};
export type World = Awaited<ReturnType<typeof makeWorld>>;
