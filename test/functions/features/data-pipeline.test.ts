import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { dynamoOnlineStore } from '#adapters/aws/dynamo-online-store.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { dataKeys } from '#contracts/datasets.ts';
import { onlineKey } from '#contracts/serving.ts';
import type { ObjectStore } from '#core/shared/ports.ts';
import { orders, people, shopFiles, shopProject, startedAt } from '#test/core/features/data-world.ts';
import { EMULATOR_START_MS, type Emulator, emulator } from '#test/helpers/emulator.ts';

type Step = (event: unknown, context: Context) => Promise<Record<string, unknown>>;

const context = { awsRequestId: 'r', functionName: 'f', functionVersion: '1', memoryLimitInMB: '1024' } as Context;
const run = { execution: 'e-1', startedAt, project: 'shop', projectVersion: 1 };

// Doors read their environment when they are loaded: it has to stand before.
const loadSteps = async () => {
  const doors = [
    import('../../../functions/features/ingest.ts'),
    import('../../../functions/validation/validate.ts'),
    import('../../../functions/features/build-features.ts'),
    import('../../../functions/features/update-reference.ts'),
    import('../../../functions/features/materialize.ts'),
  ];
  const [ingest, validate, buildFeatures, updateReference, materialize] = (await Promise.all(doors)).map(
    ({ handler }) =>
      (event: object) =>
        (handler as unknown as Step)(event, context),
  );
  return { ingest, validate, buildFeatures, updateReference, materialize } as Record<
    string,
    (e: object) => ReturnType<Step>
  >;
};

describe('the steps of the data pipeline on S3 and DynamoDB', () => {
  let aws: Emulator;
  let objects: ObjectStore;
  let steps: Record<string, (event: object) => ReturnType<Step>>;
  let featuresTable: string;

  beforeAll(async () => {
    aws = await emulator();
    const [projectsTable, bucket] = [await aws.freshTable('pk', 'sk'), await aws.freshBucket()];
    featuresTable = await aws.freshTable('pk');
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: aws.config.region,
      AWS_ACCESS_KEY_ID: aws.config.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.config.credentials.secretAccessKey,
      DATA_BUCKET: bucket,
      PROJECTS_TABLE: projectsTable,
      FEATURES_TABLE: featuresTable,
      CODE_VERSION: 'test',
      POWERTOOLS_LOG_LEVEL: 'CRITICAL',
    });
    objects = s3ObjectStore(aws.s3, bucket);
    const project = shopProject();
    const version = { project, version: 1, contentSha256: 'a'.repeat(64), appliedAt: startedAt, appliedBy: 'test' };
    await dynamoProjectStore(aws.documents, projectsTable).save({ ...version, files: shopFiles });
    for (const [path, text] of Object.entries({ 'people.csv': people, ...orders }))
      await objects.put(dataKeys.raw('shop', path), text);
    steps = await loadSteps();
  }, EMULATOR_START_MS);

  it('lead from raw files to online features, handing on only ids', async () => {
    const ingested = await steps.ingest!({ execution: 'e-1', startedAt, project: 'shop' });
    expect(ingested).toEqual({
      project: 'shop',
      projectVersion: 1,
      datasetId: expect.stringMatching(/^[0-9a-f]{32}$/),
      rowCount: 3,
      end: startedAt,
    });
    const { datasetId, end } = ingested;
    const validated = await steps.validate!({ ...run, datasetId });
    expect(validated).toMatchObject({ datasetId, evaluated: 1, unsuccessful: 0 });
    const { featuresDatasetId, rowCount } = await steps.buildFeatures!({ ...run, datasetId, end });
    expect(rowCount).toBe(3);
    const reference = await steps.updateReference!({ ...run, featuresDatasetId });
    expect(reference).toEqual({ referenceDatasetId: expect.any(String), rowCount: 3 });
    expect(await steps.materialize!({ ...run, featuresDatasetId, end })).toEqual({ entities: 3, skippedOlder: 0 });
    const item = await dynamoOnlineStore(aws.documents, featuresTable).get(onlineKey('shop', 'shop', '007'));
    expect(item?.features).toEqual({ age: 31, city: 'BERN', mean_amount: 7.5, is_older: 0 });
  }, 30_000);

  it('give Step Functions the code of a refusal as the error’s name', async () => {
    await objects.put(dataKeys.raw('shop', 'orders/3.csv'), 'customer_id,ordered_at\n007,2026-02-20\n');
    await expect(steps.ingest!({ execution: 'e-2', startedAt, project: 'shop' })).rejects.toMatchObject({
      name: 'COLUMN_MISSING',
    });
    await expect(steps.ingest!({ project: 'shop' })).rejects.toMatchObject({ name: 'INVALID_REQUEST' });
  }, 30_000);
});
