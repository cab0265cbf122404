import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ReportStore } from '#adapters/aws/s3-report-store.ts';
import { memoryDeploymentStore } from '#adapters/memory/memory-deployment-store.ts';
import { memoryFeatureCatalog } from '#adapters/memory/memory-feature-catalog.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { memoryProjectStore } from '#adapters/memory/memory-project-store.ts';
import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import { memoryTrackingStore } from '#adapters/memory/memory-tracking-store.ts';
import type { DatasetKind } from '#contracts/datasets.ts';
import type { Deployment } from '#contracts/deployment.ts';
import { registerVersion } from '#core/registry/index.ts';
import { createRun, ensureExperiment, logInputs } from '#core/tracking/index.ts';
import { worldOn } from '#test/adapters/registry-world.ts';

export const id = (letter: string): string => letter.repeat(32);
export const [ingested, features, reference, training, mine] = ['1', '2', '3', '4', '5'].map(id) as [
  string,
  string,
  string,
  string,
  string,
];
export const [parent, child, alone] = ['a', 'b', 'c'].map(id) as [string, string, string];
export const report = '01JE0000000000000000000001';
export const later = '01JE0000000000000000000002';

const makeWorld = async () => {
  const objects = memoryObjectStore('data');
  const registry = worldOn(memoryRegistryStore());
  const tracking = { tracking: memoryTrackingStore(), clock: registry.clock, ids: registry.ids, artifactBucket: 'a' };
  const deployments = memoryDeploymentStore();
  const deps = {
    tracking: tracking.tracking,
    registry: registry.registry,
    deployments,
    catalog: s3DatasetCatalog(objects),
    reports: s3ReportStore(objects),
    definitions: memoryFeatureCatalog(),
    projects: memoryProjectStore(),
  };
  const store = (kind: DatasetKind, datasetId: string, datasets: string[]) =>
    s3DatasetCatalog(objects).save({
      datasetId,
      kind,
      project: 'churn',
      projectVersion: 1,
      uri: `s3://data/${datasetId}/`,
      rowCount: 5,
      columns: [],
      files: [],
      producer: { step: kind, codeVersion: 'c1' },
      inputs: { datasets, files: [], parameters: {} },
      createdAt: '2026-01-01T00:00:00Z',
    });
  return { deps, objects, registry, tracking, deployments, store };
};

export type LineageWorld = Awaited<ReturnType<typeof makeWorld>>;

const useIn = (world: LineageWorld, runId: string, name: string, digest: string) =>
  logInputs(world.tracking, runId, {
    datasets: [{ name, digest, sourceType: 's3', source: '{}', tags: {} }],
  });
const deploy = (world: LineageWorld, revision: number, variants: readonly [number, number][]) => {
  const document: Deployment = {
    model: 'churn',
    project: 'churn',
    revision,
    phase: variants.length > 1 ? 'canary' : 'stable',
    variants: variants.map(([version, weight]) => ({ version, weight, modelUri: 's3://a/m/' })),
    stickyKey: 'customer_id',
    featureService: 'churn',
    reason: 'r',
    updatedAt: `2026-01-0${revision}T00:00:00Z`,
    updatedBy: 'ann',
  };
  return world.deployments.save(document, revision - 1);
};
const measure = (
  world: LineageWorld,
  reportId: string,
  modelVersion: number,
  [windowStart, windowEnd]: [string, string],
) =>
  world.deps.reports.save(
    {
      ...{ reportId, project: 'churn', model: 'churn', modelVersion, windowStart, windowEnd },
      ...{ referenceDatasetId: reference, referenceRows: 5, currentRows: 9, columns: [], driftedShare: 0 },
      ...{ verdict: 'none', createdAt: windowEnd },
    },
    '<html>',
  );

/** ingested → features → {reference, training} → parent → child → churn 1 → revisions 1, 2 → window; churn 2 by hand. */
export const filledWorld = async (): Promise<LineageWorld> => {
  const world = await makeWorld();
  await world.store('ingested', ingested, []);
  await world.store('features', features, [ingested]);
  await world.store('reference', reference, [features]);
  await world.store('training', training, [features]);
  const { experimentId } = await ensureExperiment(world.tracking, { name: 'churn', tags: { project: 'churn' } });
  const tags = { project: 'churn', trainingDatasetId: training, referenceDatasetId: reference };
  await createRun(world.tracking, { experimentId, runId: parent, runName: 'execution', tags });
  await useIn(world, parent, 'training', training);
  await useIn(world, parent, 'reference', reference);
  const linked = { ...tags, 'mlflow.parentRunId': parent };
  await createRun(world.tracking, { experimentId, runId: child, runName: 'xgboost', tags: linked });
  await createRun(world.tracking, { experimentId, runId: alone, runName: 'notebook' });
  await useIn(world, alone, 'frame.csv', mine);
  for (const runId of [child, alone])
    await registerVersion(world.registry, {
      name: 'churn',
      runId,
      source: 's3://a/m/',
      by: 'ann',
      tags: runId === child ? tags : {},
    });
  await deploy(world, 1, [[1, 100]]);
  await deploy(world, 2, [
    [1, 90],
    [2, 10],
  ]);
  await deploy(world, 3, [[2, 100]]);
  await measure(world, report, 1, ['2026-01-01T12:00:00Z', '2026-01-01T18:00:00Z']);
  await measure(world, later, 2, ['2026-01-03T12:00:00Z', '2026-01-04T00:00:00Z']);
  return world;
};
