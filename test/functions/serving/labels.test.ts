import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { clientEnv } from '#local/emulator-env.ts';
import { classifier, KEY, makeWorld, recordOf } from '#test/core/ledger/_world.ts';
import { EMULATOR_START_MS, type Emulator, emulator } from '#test/helpers/emulator.ts';

const before = { ...process.env };
let aws: Emulator;
let bucket: string;
let call: Record<'labels' | 'compact', (event: unknown) => Promise<Record<string, unknown>>>;

beforeAll(async () => {
  aws = await emulator();
  bucket = await aws.freshBucket();
  const [projects, deployments] = [await aws.freshTable('pk', 'sk'), await aws.freshTable('pk', 'sk')];
  const { deps } = await makeWorld({
    redaction: { omit: [], hash: ['customer_id'], key: KEY },
    variants: [{ version: 1, weight: 100, modelUri: `s3://${bucket}/model/` }],
  });
  await s3ObjectStore(aws.s3, bucket).put('model/serving.json', JSON.stringify(classifier));
  await dynamoProjectStore(aws.documents, projects).save((await deps.projects.latest('churn'))!);
  await dynamoDeploymentStore(aws.documents, deployments).save((await deps.deployments.find('churn'))!, 0);
  const tables = { PROJECTS_TABLE: projects, DEPLOYMENTS_TABLE: deployments };
  const names = { ...tables, LEDGER_BUCKET: bucket, ARTIFACT_BUCKET: bucket };
  Object.assign(process.env, clientEnv(aws.url), names);
  // They read the environment when they are loaded, as in a Lambda.
  const { handler: labels } = await import('../../../functions/serving/labels.ts');
  const { handler: compact } = await import('../../../functions/serving/compact.ts');
  const as = (handler: unknown) => (event: unknown) =>
    (handler as (event: unknown, context: Context) => Promise<Record<string, unknown>>)(event, {
      functionName: 'test',
      awsRequestId: 'request-1',
    } as Context);
  call = { labels: as(labels), compact: as(compact) };
}, EMULATOR_START_MS);
afterAll(() => {
  process.env = before;
});

const asking = (routeKey: string, { body, name }: { body?: object; name?: string }) => ({
  routeKey,
  pathParameters: name === undefined ? {} : { name },
  rawQueryString: '',
  headers: { 'content-type': 'application/json' },
  ...(body && { body: JSON.stringify(body), isBase64Encoded: false }),
  requestContext: { requestId: 'r-1', authorizer: { lambda: { callerId: 'ann', callerRole: 'scientist' } } },
});

describe('the doors of the ledger', () => {
  it('take labels, compact hours that are over, and answer the coverage of both kinds', async () => {
    const store = s3ObjectStore(aws.s3, bucket);
    const hour = (ago: number): string => new Date(Date.now() - ago * 3_600_000).toISOString();
    const folder = (at: string): string => `ledger/${at.slice(0, 13).replaceAll(/[-T]/g, '/')}/delivery`;
    const [old, fresh] = [hour(3), hour(0)];
    await store.put(folder(old), `${JSON.stringify(recordOf('p-1', { time: old }))}\nbroken\n`);
    await store.put(folder(fresh), `${JSON.stringify(recordOf('p-2', { time: fresh }))}\n`);
    const body = {
      model: 'churn',
      labels: [
        { prediction_id: 'p-1', label: 'yes' },
        { entity_id: 'c-1', time: fresh, label: 'no' },
      ],
    };
    const posted = await call.labels(asking('POST /labels', { body }));
    expect([posted.statusCode, JSON.parse(String(posted.body))]).toEqual([202, { accepted: 2, model: 'churn' }]);
    expect(await call.compact({ source: 'aws.scheduler' })).toEqual({
      hours: [expect.objectContaining({ hour: old.slice(0, 13), rows: 1, refused: 1, models: { churn: 1 } })],
      isBehind: false,
    });
    const asked = await call.labels(asking('GET /models/{name}/labels', { name: 'churn' }));
    // The entity was hashed on its way in, these records were not: nothing meets by it.
    expect(JSON.parse(String(asked.body))).toMatchObject({ predictions: 2, labelled: 1, unmatched: 1, coverage: 0.5 });
  });

  it('refuse labels that are none, and models that nobody deployed', async () => {
    const bad = await call.labels(asking('POST /labels', { body: { model: 'churn', labels: [{ label: 1 }] } }));
    expect([bad.statusCode, String(bad.body)]).toEqual([400, expect.stringContaining('prediction_id')]);
    const labels = [{ prediction_id: 'p-1', label: 'churned' }];
    const other = await call.labels(asking('POST /labels', { body: { model: 'churn', labels } }));
    expect([other.statusCode, JSON.parse(String(other.body)).error.details.classes]).toEqual([400, ['no', 'yes']]);
    const asked = await call.labels(asking('GET /models/{name}/labels', { name: 'nobody' }));
    expect([asked.statusCode, JSON.parse(String(asked.body)).error.code]).toEqual([404, 'DEPLOYMENT_NOT_FOUND']);
  });
});
