import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CreateDeliveryStreamCommand, FirehoseClient } from '@aws-sdk/client-firehose';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cloudWatchHealth } from '#adapters/aws/cloudwatch-health.ts';
import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import { dynamoOnlineTable } from '#adapters/aws/dynamo-online-table.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import type { OnlineItem } from '#contracts/online.ts';
import { clientEnv } from '#local/emulator-env.ts';
import { EMULATOR_START_MS, type Emulator, emulator } from '#test/helpers/emulator.ts';
import { deployment, item, modelFiles, predict, until } from './serving-fakes.ts';
import { type ServingProcess, servingProcess, spawnServing } from './serving-process.ts';

// A name of its own: the emulator's metrics are shared by all suites.
const MODEL = 'churn-process';
const path = `/predict/${MODEL}`;

async function* rowsOf({ pk, views }: OnlineItem) {
  yield Object.entries(views).map(([view, values]) => ({ pk, view, ...values }));
}

/** The stage's tables, buckets and stream, with one deployed model and one stored entity. */
const makeStage = async ({ config, documents, s3, freshTable, freshBucket }: Emulator) => {
  const [deployments, features] = [await freshTable('pk', 'sk'), await freshTable('pk')];
  const [artifacts, ledger] = [await freshBucket(), await freshBucket()];
  const { graph, facts } = await modelFiles('v1');
  await s3.send(new PutObjectCommand({ Bucket: artifacts, Key: 'e/r/artifacts/model/model.onnx', Body: graph }));
  await s3.send(new PutObjectCommand({ Bucket: artifacts, Key: 'e/r/artifacts/model/serving.json', Body: facts }));
  const variants = [{ version: 1, weight: 100, modelUri: `s3://${artifacts}/e/r/artifacts/model/` }];
  await dynamoDeploymentStore(documents, deployments).save(deployment({ model: MODEL, variants }), 0);
  await dynamoOnlineTable(documents, features).putNewer(rowsOf(item('c-1')));
  const stream = `ledger-${ledger}`;
  await new FirehoseClient(config).send(
    new CreateDeliveryStreamCommand({
      DeliveryStreamName: stream,
      ExtendedS3DestinationConfiguration: {
        BucketARN: `arn:aws:s3:::${ledger}`,
        RoleARN: 'arn:aws:iam::000000000000:role/firehose',
        BufferingHints: { IntervalInSeconds: 0, SizeInMBs: 1 },
      },
    }),
  );
  return { deployments, features, artifacts, ledger, stream };
};

describe('the serving task as a process', () => {
  let world: Emulator;
  let stage: Awaited<ReturnType<typeof makeStage>>;
  let cacheDir: string;
  let port: number;
  let task: ServingProcess;

  beforeAll(async () => {
    world = await emulator();
    stage = await makeStage(world);
    cacheDir = await mkdtemp(join(tmpdir(), 'serving-'));
    const environment = {
      ...clientEnv(world.url),
      DEPLOYMENTS_TABLE: stage.deployments,
      FEATURES_TABLE: stage.features,
      ARTIFACT_BUCKET: stage.artifacts,
      LEDGER_STREAM_NAME: stage.stream,
      CACHE_DIR: cacheDir,
    };
    task = await servingProcess({ environment });
    ({ port } = task);
  }, EMULATOR_START_MS);

  afterAll(async () => {
    await task?.end('SIGKILL');
    await rm(cacheDir, { recursive: true, force: true });
  });

  const ledgerLines = async (): Promise<string[]> => {
    const { Contents = [] } = await world.s3.send(new ListObjectsV2Command({ Bucket: stage.ledger }));
    const store = s3ObjectStore(world.s3, stage.ledger);
    const texts = await Promise.all(Contents.map(async ({ Key = '' }) => Buffer.from((await store.get(Key)) ?? [])));
    return texts.flatMap((text) => text.toString('utf8').trimEnd().split('\n'));
  };

  it('predicts from the stored features, and ledger and metrics arrive', async () => {
    const { status, json } = await predict(port, { customer_id: 'c-1' }, { path });
    expect(status).toBe(200);
    await until(async () => (await ledgerLines()).some((line) => line.includes(json.prediction_id)));
    const health = cloudWatchHealth(new CloudWatchClient(world.config));
    const window = { from: new Date(Date.now() - 30_000), to: new Date(Date.now() + 30_000) };
    await until(async () => (await health.measure({ model: MODEL, version: 1, ...window })).requests === 1);
  }, 30_000);

  it('answers an unknown entity by 404', async () => {
    const { status, json } = await predict(port, { customer_id: 'nobody' }, { path });
    expect([status, json.error.code]).toEqual([404, 'ENTITY_NOT_FOUND']);
  });

  it('ends by SIGTERM with 0, the last prediction in the ledger', async () => {
    const { json } = await predict(port, { customer_id: 'c-1', tenure: 60 }, { path });
    const code = await task.end();
    expect([code, task.output()]).toEqual([0, expect.stringContaining('"message":"stopping"')]);
    await until(async () => (await ledgerLines()).some((line) => line.includes(json.prediction_id)));
  }, 30_000);

  it('does not start without what it needs, and says what is missing', async () => {
    const nothing = await spawnServing({ environment: {} });
    expect(await nothing.ended()).toBe(1);
    expect(nothing.output()).toContain('DEPLOYMENTS_TABLE, FEATURES_TABLE, ARTIFACT_BUCKET, LEDGER_STREAM_NAME');
  }, 30_000);
});
