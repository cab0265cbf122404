import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import { dynamoFeatureCatalog } from '#adapters/aws/dynamo-feature-catalog.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { dynamoWatermarks } from '#adapters/aws/dynamo-watermarks.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { monitoringMetrics } from '#contracts/monitoring.ts';
import { applyDefinitions } from '#core/features/index.ts';
import { getVersion } from '#core/registry/index.ts';
import { inputsOf, makeWorld, recordOf } from '#test/core/monitoring/_world.ts';
import { EMULATOR_START_MS, type Emulator, emulator } from '#test/helpers/emulator.ts';

const tables = ['PROJECTS_TABLE', 'CATALOG_TABLE', 'REGISTRY_TABLE', 'DEPLOYMENTS_TABLE'] as const;
const buckets = ['DATA_BUCKET', 'LEDGER_BUCKET', 'ARTIFACT_BUCKET'] as const;
type Doors = Record<
  'measureViews' | 'collect' | 'measureDrift' | 'api',
  (event: unknown) => Promise<Record<string, unknown>>
>;

const before = { ...process.env };
let aws: Emulator;
let doors: Doors;
let env: Record<string, string>;

const openDoors = async (): Promise<Doors> => {
  // They read the environment when they are loaded, as in a Lambda.
  const { handler: measureViews } = await import('../../../functions/features/measure-views.ts');
  const { handler: collect } = await import('../../../functions/monitoring/collect.ts');
  const { handler: measureDrift } = await import('../../../functions/monitoring/measure-drift.ts');
  const { handler: api } = await import('../../../functions/monitoring/api.ts');
  const call = (handler: unknown) => (event: unknown) =>
    (handler as (event: unknown, context: Context) => Promise<Record<string, unknown>>)(event, {
      functionName: 'test',
      awsRequestId: 'request-1',
    } as Context);
  return { measureViews: call(measureViews), collect: call(collect), measureDrift: call(measureDrift), api: call(api) };
};

/** What the other pipelines leave behind, copied from the memory world into the emulator. */
const furnish = async (moved: boolean): Promise<void> => {
  const world = await makeWorld();
  await world.deploy([1]);
  const version = await getVersion(world.collect, 'churn', 1);
  const data = s3ObjectStore(aws.s3, env.DATA_BUCKET!);
  for (const { key } of await world.objects.list('')) await data.put(key, (await world.objects.get(key))!);
  const facts = '1/run/artifacts/model/serving.json';
  await s3ObjectStore(aws.s3, env.ARTIFACT_BUCKET!).put(facts, (await world.artifacts.get(facts))!);
  await dynamoProjectStore(aws.documents, env.PROJECTS_TABLE!).save((await world.collect.projects.latest('churn'))!);
  const catalog = dynamoFeatureCatalog(aws.documents, env.CATALOG_TABLE!);
  const project = (await world.collect.projects.latest('churn'))!;
  await applyDefinitions({ catalog, digest: systemDigest, clock: systemClock }, project);
  await dynamoWatermarks(aws.documents, env.CATALOG_TABLE!).advance('churn', 'profile', sentAt);
  await dynamoDeploymentStore(aws.documents, env.DEPLOYMENTS_TABLE!).save(
    (await world.collect.deployments.find('churn'))!,
    0,
  );
  const record = (await world.collect.registry.findName('churn'))!;
  const { aliases: _, name: __, ...stored } = version;
  const source = `s3://${env.ARTIFACT_BUCKET}/1/run/artifacts/model/`;
  await dynamoRegistryStore(aws.documents, env.REGISTRY_TABLE!).commit({
    modelKey: record.live!.modelKey,
    names: [{ name: 'churn', record, expectedRevision: 0 }],
    versions: [{ ...stored, source }],
    changes: [],
  });
  const lines = Array.from({ length: 200 }, (_, i) =>
    JSON.stringify(recordOf(i, { time: sentAt, inputs: inputsOf(i, moved) })),
  );
  const hour = sentAt.slice(0, 13).replaceAll(/[-T]/g, '/');
  await s3ObjectStore(aws.s3, env.LEDGER_BUCKET!).put(`ledger/${hour}/delivery-1`, `${lines.join('\n')}\n`);
};

const startedAt = new Date().toISOString();
const sentAt = new Date(Date.now() - 600_000).toISOString();
const execution = { execution: 'run-1', startedAt };

beforeAll(async () => {
  aws = await emulator();
  const names = [
    ...(await Promise.all(tables.map(async (name) => [name, await aws.freshTable('pk', 'sk')]))),
    ...(await Promise.all(buckets.map(async (name) => [name, await aws.freshBucket()]))),
  ];
  const { credentials, endpoint, region } = aws.config;
  env = {
    ...Object.fromEntries(names),
    CODE_VERSION: 'test',
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  Object.assign(process.env, env);
  doors = await openDoors();
  await furnish(true);
}, EMULATOR_START_MS);
afterAll(() => {
  process.env = before;
});

const get = (routeKey: string, pathParameters: Record<string, string>, role: string | undefined = 'viewer') =>
  doors.api({
    routeKey,
    pathParameters,
    rawQueryString: '',
    headers: {},
    requestContext: {
      requestId: 'request-1',
      authorizer: { lambda: role === undefined ? {} : { callerId: 'ann', callerRole: role } },
    },
  });
const bodyOf = (reply: Record<string, unknown>) => JSON.parse(String(reply.body)) as Record<string, unknown>;
const one = 'GET /monitoring/{project}/reports/{reportId}';

describe('the doors of monitoring, in the emulator', () => {
  let reportId = '';

  it('measure the feature views, and keep what they found for the report', async () => {
    expect(await doors.measureViews({ ...execution, project: 'churn' })).toEqual({ views: 1, stale: [], drifted: [] });
  }, 30_000);

  it('collect the ledger and measure drift', async () => {
    const collected = await doors.collect({ ...execution, project: 'churn' });
    expect(collected).toMatchObject({ modelVersion: 1, rowCount: 200 });
    const answer = await doors.measureDrift({ ...execution, ...collected });
    expect(answer).toMatchObject({ verdict: 'severe', driftedShare: 0.5, rowCount: 200, retrain: true });
    reportId = String(answer.reportId);
  }, 30_000);

  it('answer the same when the execution tries again, and refuse the next one a second training run', async () => {
    const collected = await doors.collect({ ...execution, project: 'churn' });
    expect(await doors.measureDrift({ ...execution, ...collected })).toMatchObject({ reportId, retrain: true });
    const next = { execution: 'run-2', startedAt: new Date(Date.parse(startedAt) + 60_000).toISOString() };
    expect(await doors.measureDrift({ ...next, ...collected })).toMatchObject({ verdict: 'severe', retrain: false });
  }, 30_000);

  it('publish the numbers to CloudWatch', async () => {
    const reply = await new CloudWatchClient(aws.config).send(
      new GetMetricDataCommand({
        StartTime: new Date(Date.now() - 3_600_000),
        EndTime: new Date(Date.now() + 60_000),
        MetricDataQueries: [
          {
            Id: 'share',
            MetricStat: {
              Metric: {
                Namespace: monitoringMetrics.namespace,
                MetricName: monitoringMetrics.driftedShare,
                Dimensions: [
                  { Name: 'Project', Value: 'churn' },
                  { Name: 'Model', Value: 'churn' },
                ],
              },
              Period: 60,
              Stat: 'Maximum',
            },
          },
        ],
      }),
    );
    expect(reply.MetricDataResults?.[0]?.Values).toContain(0.5);
  });

  it('list the reports and give one with a link that opens its page', async () => {
    const listed = await get('GET /monitoring/{project}/reports', { project: 'churn' });
    expect(listed.statusCode).toBe(200);
    expect(bodyOf(listed).items).toHaveLength(2);
    const found = bodyOf(await get(one, { project: 'churn', reportId }));
    expect(found).toMatchObject({ reportId, verdict: 'severe', modelVersion: 1 });
    expect(found.views).toMatchObject([{ view: 'profile', materializedUntil: sentAt }]);
    const page = await fetch(String(found.htmlUrl));
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('Drift of churn');
  });

  it('refuse what is not there and who may not', async () => {
    const unknown = await get(one, { project: 'churn', reportId: 'nope' });
    expect(unknown.statusCode).toBe(404);
    expect(bodyOf(unknown)).toMatchObject({ error: { code: 'REPORT_NOT_FOUND' } });
    const noProject = await get(one, { project: 'fraud', reportId });
    expect(bodyOf(noProject)).toMatchObject({ error: { code: 'PROJECT_NOT_FOUND' } });
    expect((await get(one, { project: 'churn', reportId }, '')).statusCode).toBe(401);
    await expect(doors.collect({ ...execution, project: 'Not A Name' })).rejects.toMatchObject({
      name: 'INVALID_REQUEST',
    });
  });
});
