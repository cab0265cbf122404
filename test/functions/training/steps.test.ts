import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { type TrainingJob, trainingFiles } from '#contracts/training.ts';
import { storeDataset } from '#core/features/index.ts';
import { getVersion } from '#core/registry/index.ts';
import { parseS3Uri } from '#core/shared/index.ts';
import { clientEnv } from '#local/emulator-env.ts';
import { customers, projectOf, resultOf, step } from '#test/core/training/_world.ts';
import { EMULATOR_START_MS, type Emulator, emulator } from '#test/helpers/emulator.ts';

const names = ['prepare', 'select', 'gate', 'register'] as const;
type Reply = Record<string, string> & { jobs: { candidate: string; specUri: string; outputUri: string }[] };
type Steps = Record<(typeof names)[number], (input: object) => Promise<Reply>>;
const context = { functionName: 'step', awsRequestId: 'request', memoryLimitInMB: '1024' } as Context;

const load = async (): Promise<Steps> => {
  const loaded = await Promise.all(
    names.map(async (name) => {
      const { handler } = (await import(`../../../functions/training/${name}.ts`)) as {
        handler: (event: unknown, context: Context) => Promise<Reply>;
      };
      return [name, (input: object) => handler({ ...step, ...input }, context)];
    }),
  );
  return Object.fromEntries(loaded) as Steps;
};

const makeWorld = async ({ url, config, documents, s3, freshTable, freshBucket }: Emulator) => {
  const [projects = '', tracking = '', registryTable = ''] = await Promise.all(
    [1, 2, 3].map(() => freshTable('pk', 'sk')),
  );
  const [data, artifacts] = [await freshBucket(), await freshBucket()];
  const tables = { PROJECTS_TABLE: projects, TRACKING_TABLE: tracking, REGISTRY_TABLE: registryTable };
  const buckets = { DATA_BUCKET: data, ARTIFACT_BUCKET: artifacts, CODE_VERSION: 'code-1' };
  Object.assign(process.env, clientEnv(url), tables, buckets, { EVENT_BUS_NAME: `bus-${projects}` });
  await new EventBridgeClient(config).send(new CreateEventBusCommand({ Name: `bus-${projects}` }));
  const version = { project: projectOf(), version: 1, contentSha256: 'x', files: {} };
  await dynamoProjectStore(documents, projects).save({
    ...version,
    appliedAt: '2026-01-01T00:00:00Z',
    appliedBy: 'ann',
  });
  const objects = s3ObjectStore(s3, data);
  const datasets = {
    objects,
    catalog: s3DatasetCatalog(objects),
    digest: systemDigest,
    clock: systemClock,
    codeVersion: 'code-1',
  };
  const store = (kind: 'features' | 'reference', made: string) =>
    duckDbEngine().open((tables) => {
      const inputs = { datasets: [made], files: [], parameters: {} };
      const recipe = { kind, project: 'churn', codeVersion: 'code-1', inputs };
      return storeDataset(datasets, tables, { recipe, projectVersion: 1, step: 'test', query: customers });
    });
  const features = await store('features', 'ingested');
  await store('reference', features.datasetId);
  const registry = {
    registry: dynamoRegistryStore(documents, registryTable),
    clock: systemClock,
    ids: systemIds,
    digest: systemDigest,
  };
  return { objects, artifacts: s3ObjectStore(s3, artifacts), registry };
};

describe('the training steps on AWS', () => {
  let world: Awaited<ReturnType<typeof makeWorld>>;
  let steps: Steps;
  beforeAll(async () => {
    world = await makeWorld(await emulator());
    steps = await load();
  }, EMULATOR_START_MS);

  const keyOf = (uri: string | undefined): string => parseS3Uri(uri ?? '').key;

  it('go from features to a version in the registry', async () => {
    const made = await steps.prepare({ reason: 'manual' });
    const [job] = made.jobs;
    const spec = JSON.parse(new TextDecoder().decode(await world.artifacts.get(keyOf(job?.specUri)))) as TrainingJob;
    const data = await world.objects.list(keyOf(spec.dataUri));
    expect(data.map(({ key }) => key.split('/').at(-1))).toEqual(['manifest.json', 'part-0.parquet']);

    await world.artifacts.put(
      `${keyOf(spec.outputUri)}${trainingFiles.result}`,
      JSON.stringify(resultOf(spec.candidate)),
    );
    const candidates = made.jobs.map(({ candidate, outputUri }) =>
      candidate === spec.candidate
        ? { candidate, outputUri, status: 'succeeded' }
        : { candidate, outputUri, status: 'failed', reason: 'States.TaskFailed: killed' },
    );
    const { jobs: _, ...ids } = made;
    const chosen = await steps.select({ ...ids, candidates });
    expect(chosen).toMatchObject({ candidate: spec.candidate, childRunId: spec.runId, outputUri: spec.outputUri });
    const picked = { ...ids, candidate: spec.candidate, childRunId: spec.runId, outputUri: spec.outputUri };
    await steps.gate(picked);
    expect(await steps.register({ ...picked, reason: 'manual' })).toEqual({ model: 'churn', version: 1 });
    const { source } = await getVersion(world.registry, 'churn', 1);
    expect(source).toBe(`${spec.outputUri}model/`);
  });
});
