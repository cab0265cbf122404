import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { dynamoFeatureCatalog } from '#adapters/aws/dynamo-feature-catalog.ts';
import { dynamoOnlineTable } from '#adapters/aws/dynamo-online-table.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { dataKeys } from '#contracts/datasets.ts';
import { onlineKey } from '#contracts/online.ts';
import { applyDefinitions } from '#core/features/index.ts';
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
    import('../../../functions/features/materialize-plan.ts'),
    import('../../../functions/features/materialize-shard.ts'),
    import('../../../functions/features/materialize-finish.ts'),
  ];
  const [ingest, validate, buildFeatures, updateReference, plan, shard, finish] = (await Promise.all(doors)).map(
    ({ handler }) =>
      (event: object) =>
        (handler as unknown as Step)(event, context),
  );
  return { ingest, validate, buildFeatures, updateReference, plan, shard, finish } as Record<
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
    const catalogTable = await aws.freshTable('pk', 'sk');
    featuresTable = await aws.freshTable('pk');
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: aws.config.region,
      AWS_ACCESS_KEY_ID: aws.config.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.config.credentials.secretAccessKey,
      DATA_BUCKET: bucket,
      PROJECTS_TABLE: projectsTable,
      FEATURES_TABLE: featuresTable,
      CATALOG_TABLE: catalogTable,
      EVENT_BUS_NAME: 'default',
      CODE_VERSION: 'test',
      POWERTOOLS_LOG_LEVEL: 'CRITICAL',
    });
    objects = s3ObjectStore(aws.s3, bucket);
    // By this machine's clock the shop's features are from long ago: with a ttl they would not be written any more.
    const featureViews = shopProject().featureViews.map((view) => ({ ...view, ttlDays: 0 }));
    const project = shopProject({ featureViews });
    const version = { project, version: 1, contentSha256: 'a'.repeat(64), appliedAt: startedAt, appliedBy: 'test' };
    await dynamoProjectStore(aws.documents, projectsTable).save({ ...version, files: shopFiles });
    const catalog = dynamoFeatureCatalog(aws.documents, catalogTable);
    await applyDefinitions({ catalog, digest: systemDigest, clock: systemClock }, { ...version, files: shopFiles });
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
    const plan = await steps.plan!({ execution: 'e-1', startedAt, project: 'shop', end });
    expect(plan).toMatchObject({ views: ['buying', 'profile'], rows: 6, shards: [0], again: false });
    const { datasetId: shardsId, attempt } = plan;
    const ref = { execution: 'e-1', startedAt, project: 'shop', datasetId: shardsId, attempt };
    expect(await steps.shard!({ ...ref, shard: 0 })).toEqual({ shard: 0, written: 6, skippedOlder: 0 });
    expect(await steps.finish!({ ...ref, failures: [] })).toMatchObject({ entities: 3, rows: 6, until: startedAt });
    const pk = onlineKey('shop', { customer_id: '007' });
    const items = await dynamoOnlineTable(aws.documents, featuresTable).read([pk], { consistent: true });
    const { profile, buying } = items.get(pk)?.views ?? {};
    expect(profile?.values).toEqual({ age: 31, city: 'BERN' });
    expect(buying?.values).toEqual({ mean_amount: 7.5, is_older: 0 });
  }, 30_000);

  it('give Step Functions the code of a refusal as the error’s name', async () => {
    await objects.put(dataKeys.raw('shop', 'orders/3.csv'), 'customer_id,ordered_at\n007,2026-02-20\n');
    await expect(steps.ingest!({ execution: 'e-2', startedAt, project: 'shop' })).rejects.toMatchObject({
      name: 'COLUMN_MISSING',
    });
    await expect(steps.ingest!({ project: 'shop' })).rejects.toMatchObject({ name: 'INVALID_REQUEST' });
  }, 30_000);
});
