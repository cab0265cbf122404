import { gzipSync } from 'node:zlib';
import { objectDocuments } from '#adapters/aws/object-documents.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { memoryDeploymentStore } from '#adapters/memory/memory-deployment-store.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { memoryProjectStore } from '#adapters/memory/memory-project-store.ts';
import { systemDigest } from '#adapters/system/system.ts';
import type { Deployment } from '#contracts/deployment.ts';
import type { LedgerRecord } from '#contracts/ledger.ts';
import { projectOf } from '#test/core/monitoring/_world.ts';

export const KEY = 'k'.repeat(32);

export const recordOf = (id: string, changes: Partial<LedgerRecord> = {}): LedgerRecord => ({
  prediction_id: id,
  time: '2026-02-01T10:30:00.000Z',
  caller: 'test',
  request_id: `r-${id}`,
  model_name: 'churn',
  model_version: '1',
  variant: 'stable',
  entity_id: 'c-1',
  inputs: { age: 40, plan: 'plus', late: true, gone: null },
  brought: ['age'],
  prediction: 'no',
  probability: 0.25,
  latency_ms: 3,
  ...changes,
});

export const explanation = {
  method: 'tree' as const,
  of: 'margin' as const,
  output: 'yes',
  expected: -1.5,
  explained: -1,
  values: { age: 0.75, plan: -0.25 },
};

const document: Deployment = {
  model: 'churn',
  project: 'churn',
  revision: 1,
  phase: 'stable',
  variants: [{ version: 1, weight: 100, modelUri: 's3://m/' }],
  stickyKey: 'customer_id',
  featureService: 'churn',
  reason: 'test',
  updatedAt: '2026-02-01T00:00:00.000Z',
  updatedBy: 'test',
};

/** What the labels door reads of a model. */
export const classifier = { problem: 'binary-classification', classes: ['no', 'yes'] };

/** A ledger bucket, a deployed model that answers yes or no, and a clock that can be set. */
export const makeWorld = async (change: Partial<Deployment> = {}) => {
  const ledger = memoryObjectStore('ledger');
  const deployments = memoryDeploymentStore();
  await deployments.save({ ...document, ...change }, 0);
  const projects = memoryProjectStore();
  const applied = { contentSha256: 'x', files: {}, appliedAt: document.updatedAt, appliedBy: 'test' };
  await projects.save({ project: projectOf(), version: 1, ...applied });
  const files = memoryObjectStore('m');
  const artifacts = objectDocuments(files);
  await artifacts.write('s3://m/serving.json', classifier);
  const state = { now: new Date('2026-02-01T12:20:00.000Z') };
  const deps = {
    ledger,
    artifacts,
    deployments,
    projects,
    engine: duckDbEngine(),
    digest: systemDigest,
    clock: { now: () => state.now },
  };
  const write = (key: string, records: readonly unknown[]) => {
    const lines = records.map((r) => `${typeof r === 'string' ? r : JSON.stringify(r)}\n`).join('');
    return ledger.put(`ledger/${key}`, key.endsWith('.gz') ? gzipSync(lines) : lines);
  };
  const text = async (key: string): Promise<string> => Buffer.from((await ledger.get(key)) ?? []).toString('utf8');
  const keys = async (prefix: string): Promise<string[]> => (await ledger.list(prefix)).map(({ key }) => key);
  return { deps, files, state, write, text, keys };
};
export type World = Awaited<ReturnType<typeof makeWorld>>;
