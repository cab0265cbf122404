import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { callerContext } from '#contracts/routes.ts';
import { registerVersion } from '#core/registry/index.ts';
import { clientEnv } from '#local/emulator-env.ts';
import { projectOf } from '#test/core/training/_world.ts';
import { EMULATOR_START_MS, type Emulator, emulator } from '#test/helpers/emulator.ts';

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown> & { error?: { code: string } };
}
interface Call {
  readonly path?: Record<string, string>;
  readonly body?: unknown;
  readonly role?: string;
}

const eventOf = (routeKey: string, { path = {}, body, role = 'deployer' }: Call) => ({
  routeKey,
  rawQueryString: '',
  headers: { 'content-type': 'application/json' },
  pathParameters: path,
  body: body === undefined ? undefined : JSON.stringify(body),
  isBase64Encoded: false,
  requestContext: { requestId: 'r', authorizer: { lambda: { [callerContext.id]: 'ann', [callerContext.role]: role } } },
});

// The emulator wants a role for a state machine; whether one starts is the engine adapter's own test.
const sfn = mockClient(SFNClient);
const machineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:deployment';

const makeWorld = async ({ url, config, documents, freshTable }: Emulator) => {
  const [deployments = '', projects = '', models = ''] = await Promise.all([1, 2, 3].map(() => freshTable('pk', 'sk')));
  const tables = { DEPLOYMENTS_TABLE: deployments, PROJECTS_TABLE: projects, REGISTRY_TABLE: models };
  await new EventBridgeClient(config).send(new CreateEventBusCommand({ Name: `bus-${deployments}` }));
  const places = { EVENT_BUS_NAME: `bus-${deployments}`, DEPLOYMENT_PIPELINE_ARN: machineArn };
  Object.assign(process.env, clientEnv(url), tables, places);
  const version = { project: projectOf(), version: 1, contentSha256: 'x', files: {} };
  await dynamoProjectStore(documents, projects).save({
    ...version,
    appliedAt: '2026-01-01T00:00:00Z',
    appliedBy: 'ann',
  });
  const registry = {
    registry: dynamoRegistryStore(documents, models),
    clock: systemClock,
    ids: systemIds,
    digest: systemDigest,
  };
  for (const by of ['one', 'two'])
    await registerVersion(registry, { name: 'churn', source: `s3://bucket/${by}/model/`, by });
  const { handler } = (await import('../../../functions/deployment/api.ts')) as unknown as {
    handler: (event: unknown, context: unknown) => Promise<{ statusCode: number; body: string }>;
  };
  const call = async (routeKey: string, how: Call): Promise<Reply> => {
    const { statusCode, body } = await handler(eventOf(routeKey, how), { functionName: 'api', memoryLimitInMB: '256' });
    return { status: statusCode, body: JSON.parse(body) };
  };
  return { call, store: dynamoDeploymentStore(documents, deployments) };
};

const canary = {
  model: 'churn',
  project: 'churn',
  revision: 1,
  phase: 'canary' as const,
  variants: [
    { version: 1, weight: 90, modelUri: 's3://bucket/one/model/' },
    { version: 2, weight: 10, modelUri: 's3://bucket/two/model/' },
  ],
  stickyKey: 'customer_id',
  featureService: 'churn',
  reason: 'step 1',
  updatedAt: '2026-01-01T00:00:00Z',
  updatedBy: 'ann',
};

describe('the deployment API', () => {
  let world: Awaited<ReturnType<typeof makeWorld>>;
  beforeAll(async () => {
    world = await makeWorld(await emulator());
  }, EMULATOR_START_MS);
  const deploy = (body: object, role?: string) => world.call('POST /models/deploy', { body, ...(role && { role }) });

  it('starts the deployment pipeline', async () => {
    const { status, body } = await deploy({ model_name: 'churn', model_version: 1 });
    expect({ status, body }).toMatchObject({ status: 202, body: { status: 'deployment_initiated', model_version: 1 } });
    const [started] = sfn.commandCalls(StartExecutionCommand);
    const { stateMachineArn, name, input = '' } = started?.args[0].input ?? {};
    expect([stateMachineArn, `deployment.${name}`]).toEqual([machineArn, body.run_id]);
    expect(JSON.parse(input)).toEqual({ project: 'churn', model: 'churn', version: 1, by: 'ann' });
  });

  it.each([
    ['an unknown version', { model_name: 'churn', model_version: 9 }, 'deployer', 404, 'VERSION_NOT_FOUND'],
    ['an unknown model', { model_name: 'nobody', model_version: 1 }, 'deployer', 404, 'MODEL_NOT_FOUND'],
    [
      'another environment',
      { model_name: 'churn', model_version: 1, environment: 'moon' },
      'deployer',
      400,
      'INVALID_REQUEST',
    ],
    [
      'an endpoint that the fleet may not ask',
      { model_name: 'churn', model_version: 1, endpoint: 'churn-endpoint' },
      'deployer',
      400,
      'INVALID_REQUEST',
    ],
    ['a scientist', { model_name: 'churn', model_version: 1 }, 'scientist', 403, 'PERMISSION_DENIED'],
  ])('refuses %s', async (...[, body, role, status, code]) => {
    expect(await deploy(body, role)).toMatchObject({ status, body: { error: { code } } });
  });

  it('shows what serves, and gives the traffic back by hand', async () => {
    const path = { model: 'churn' };
    const before = await world.call('GET /deployments/{model}', { path, role: 'viewer' });
    expect(before).toMatchObject({ status: 404, body: { error: { code: 'DEPLOYMENT_NOT_FOUND' } } });
    const hidden = { omit: ['zip'], hash: ['customer_id'] };
    await world.store.save({ ...canary, redaction: { ...hidden, key: 'k'.repeat(32) } }, 0);
    // Whoever has the key can try what a hash was made of.
    expect((await world.call('GET /deployments/{model}', { path, role: 'viewer' })).body).toEqual({
      ...canary,
      redaction: hidden,
    });
    const rolledBack = await world.call('POST /deployments/{model}/rollback', { path, body: { reason: 'complaints' } });
    expect(rolledBack).toMatchObject({
      status: 200,
      body: {
        phase: 'rolled-back',
        revision: 2,
        variants: [{ version: 1, weight: 100 }],
        reason: 'complaints',
        updatedBy: 'ann',
      },
    });
    const again = await world.call('POST /deployments/{model}/rollback', { path, body: { reason: 'more' } });
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'NOTHING_TO_ROLL_BACK_TO' } } });
  });
});
