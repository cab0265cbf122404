/** @jest-environment #test/helpers/onnx-environment.ts */
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { type TrainingJob, type TrainingProgress, type TrainingTask, trainingFiles } from '#contracts/training.ts';
import { storeDataset } from '#core/features/index.ts';
import { getVersion } from '#core/registry/index.ts';
import { parseS3Uri } from '#core/shared/index.ts';
import { clientEnv } from '#local/emulator-env.ts';
import { taskFiles } from '#test/core/training/_model.ts';
import { customers, projectOf, step } from '#test/core/training/_world.ts';
import { EMULATOR_START_MS, type Emulator, emulator } from '#test/helpers/emulator.ts';

const names = [
  ...(['prepare', 'progress', 'stack', 'select', 'gate', 'register'] as const),
  ...(['prepare-reproduction', 'compare-reproduction'] as const),
];
type Reply = Record<string, string> & { jobs: TrainingTask[] };
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
  const version = { project: projectOf({ training: { stacking: true } }), version: 1, contentSha256: 'x', files: {} };
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
  const runs = dynamoTrackingStore(documents, tracking);
  return { objects, artifacts: s3ObjectStore(s3, artifacts), registry, runs };
};

describe('the training steps on AWS', () => {
  let world: Awaited<ReturnType<typeof makeWorld>>;
  let steps: Steps;
  beforeAll(async () => {
    world = await makeWorld(await emulator());
    steps = await load();
  }, EMULATOR_START_MS);

  const keyOf = (uri: string | undefined): string => parseS3Uri(uri ?? '').key;
  const specOf = async ({ specUri }: TrainingTask): Promise<TrainingJob> =>
    JSON.parse(new TextDecoder().decode(await world.artifacts.get(keyOf(specUri))));
  /** The task ends well: it leaves a real model with this score. */
  const end = async ({ candidate, outputUri }: Pick<TrainingTask, 'candidate' | 'outputUri'>, cvScore: number) => {
    for (const [file, body] of Object.entries(await taskFiles(candidate, { result: { cvScore } })))
      await world.artifacts.put(`${keyOf(outputUri)}${file}`, body);
    return { candidate, outputUri, status: 'succeeded' };
  };
  let chosen: Reply;
  let ids: Record<string, unknown>;

  it('go from features to a version in the registry', async () => {
    const { jobs, ...made } = await steps.prepare({ reason: 'manual' });
    ids = made;
    const [first, second, ...others] = jobs as [TrainingTask, TrainingTask, ...TrainingTask[]];
    const data = await world.objects.list(keyOf((await specOf(first)).dataUri));
    expect(data.map(({ key }) => key.split('/').at(-1))).toEqual(['manifest.json', 'part-0.parquet']);
    const candidates = [
      await end(first, 0.8),
      await end(second, 0.7),
      ...others.map(({ candidate, outputUri }) => ({
        ...{ candidate, outputUri, status: 'failed', reason: 'States.TaskFailed: killed' },
      })),
    ];
    const [stack] = (await steps.stack({ ...ids, candidates })).jobs;
    expect((await specOf(stack!)).stack?.map(({ candidate }) => candidate)).toEqual([
      first.candidate,
      second.candidate,
    ]);
    candidates.push(await end(stack!, 0.9));
    expect((await steps.stack({ ...ids, candidates })).jobs).toEqual([]);
    chosen = await steps.select({ ...ids, candidates });
    expect(chosen).toMatchObject({ candidate: 'stacking', outputUri: stack!.outputUri, cvScore: 0.9 });
    const picked = { ...ids, ...chosen };
    await steps.gate(picked);
    expect(await steps.register({ ...picked, reason: 'manual' })).toEqual({ model: 'churn', version: 1 });
    const { source, tags } = await getVersion(world.registry, 'churn', 1);
    expect(source).toBe(`${stack!.outputUri}model/`);
    expect(tags).toMatchObject({ gate: 'passed', card: `${source}card.html` });
    for (const name of ['card.html', 'card.md', 'parity-node.json'])
      expect(await world.artifacts.get(`${keyOf(source)}${name}`)).toBeDefined();
  });

  it('show how far a task is when S3 tells of it', async () => {
    const { jobs } = await steps.prepare({ execution: 'watched', reason: 'manual' });
    const [task] = jobs as [TrainingTask];
    const { runId } = await specOf(task);
    const progress: TrainingProgress = {
      ...{ runId, candidate: task.candidate, metric: 'roc_auc' as const, trials: 9, elapsedSeconds: 2.5 },
      finished: [{ number: 7, score: 0.5, best: 0.5 }],
    };
    const key = `${keyOf(task.outputUri)}${trainingFiles.progress}`;
    const bucket = { name: world.artifacts.bucket };
    const told = { source: 'aws.s3', 'detail-type': 'Object Created', detail: { bucket, object: { key } } };
    await steps.progress(told);
    await world.artifacts.put(key, JSON.stringify(progress));
    await steps.progress(told);
    const run = await world.runs.findRun(runId);
    const figures = Object.fromEntries((run?.metrics ?? []).map((point) => [point.key, point.value]));
    expect(figures).toMatchObject({ best_score: 0.5, elapsed_seconds: 2.5 });
  });

  it('make a run once more and say whether its bytes are the same', async () => {
    const reproduce = String(chosen.childRunId);
    const again = { execution: 'again', reproduce };
    const { jobs, ...made } = await steps['prepare-reproduction'](again);
    const candidates = [await end(jobs[0]!, 0.9)];
    expect(await steps['compare-reproduction']({ ...again, ...made, candidates })).toMatchObject({
      reproduced: true,
      differences: [],
    });
    expect((await world.runs.findRun(String(made.runId)))?.tags).toMatchObject({ reproduces: reproduce });
  });
});
