import { beforeAll, describe, expect, it } from '@jest/globals';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';
import { projectFiles } from '../core/pipelines/_files.ts';
import { deploy } from './_deploy.ts';
import { callOn, lambdaContext } from './_shared/_event.ts';

type Door = ReturnType<typeof callOn>;
let tracking: Door;
let registry: Door;
let identity: Door;
let pipelines: Door;
let authorize: (authorization?: string) => Promise<{ isAuthorized: boolean; context: Record<string, string> }>;

const door = async (path: string): Promise<unknown> => (await import(`../../functions/${path}.ts`)).handler;

beforeAll(async () => {
  const { config, freshTable, freshBucket, url } = await emulator();
  const { machine = '', role, secret, topic, group } = await deploy(config);
  Object.assign(process.env, {
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    AWS_ENDPOINT_URL: url,
    AWS_REGION: config.region,
    AWS_ACCESS_KEY_ID: config.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: config.credentials.secretAccessKey,
    TRACKING_TABLE: await freshTable('pk', 'sk'),
    REGISTRY_TABLE: await freshTable('pk', 'sk'),
    IDENTITY_TABLE: await freshTable('pk', 'sk'),
    PROJECTS_TABLE: await freshTable('pk', 'sk'),
    ARTIFACT_BUCKET: 'artifacts',
    DATA_BUCKET: await freshBucket(),
    EVENT_BUS_NAME: 'default',
    ADMIN_KEY_SECRET_ARN: secret,
    SCHEDULER_ROLE_ARN: role,
    SCHEDULE_GROUP: group,
    UNDELIVERED_QUEUE_ARN: 'arn:aws:sqs:us-east-1:000000000000:undelivered',
    ALERT_TOPIC_ARN: topic,
    DATA_PIPELINE_ARN: machine,
    TRAINING_PIPELINE_ARN: machine,
    DEPLOYMENT_PIPELINE_ARN: machine,
    MONITORING_PIPELINE_ARN: machine,
    MATERIALIZATION_PIPELINE_ARN: machine,
    HISTORICAL_PIPELINE_ARN: machine,
    SCORING_PIPELINE_ARN: machine,
    CATALOG_TABLE: await freshTable('pk', 'sk'),
  });
  tracking = callOn(await door('tracking/api'));
  registry = callOn(await door('registry/api'));
  identity = callOn(await door('identity/api'));
  pipelines = callOn(await door('pipelines/api'));
  const authorizer = (await door('identity/authorizer')) as (event: unknown, context: unknown) => never;
  authorize = async (authorization) => authorizer({ headers: authorization ? { authorization } : {} }, lambdaContext);
}, EMULATOR_START_MS);

describe('the doors on the emulator', () => {
  it('makes an experiment, refuses its name the second time, and lists it', async () => {
    const route = 'POST /experiments';
    const made = await tracking({ route, body: { name: 'churn', description: 'why' } });
    expect(made).toMatchObject({ status: 201, body: { name: 'churn', status: 'created' } });
    expect(made.body.experiment_id).toMatch(/^\d{18}$/);
    expect(await tracking({ route, body: { name: 'churn' } })).toMatchObject({
      status: 409,
      body: { error: { code: 'EXPERIMENT_EXISTS' } },
    });
    const listed = await tracking({ route: 'GET /experiments', query: 'maxResults=1' });
    expect(listed.body.items).toMatchObject([{ name: 'churn', tags: { 'mlflow.note.content': 'why' } }]);
    expect(await tracking({ route: 'GET /runs/{runId}', path: { runId: 'x' } })).toMatchObject({ status: 404 });
  });

  it("registers a run's model and moves it to production", async () => {
    const { createRun, ensureExperiment } = await import('#core/tracking/index.ts');
    const { dynamoTrackingStore } = await import('#adapters/aws/dynamo-tracking-store.ts');
    const { systemClock, systemIds } = await import('#adapters/system/system.ts');
    const store = dynamoTrackingStore((await emulator()).documents, process.env.TRACKING_TABLE ?? '');
    const deps = { tracking: store, clock: systemClock, ids: systemIds, artifactBucket: 'artifacts' };
    const { experimentId } = await ensureExperiment(deps, { name: 'fraud' });
    const run = await createRun(deps, { experimentId, runName: 'r', userId: 'ann', tags: { project: 'fraud' } });

    const body = { run_id: run.info.runId, name: 'fraud', description: 'first' };
    expect(await registry({ route: 'POST /models/register', body })).toMatchObject({
      status: 201,
      body: { name: 'fraud', version: 1, status: 'registered', stage: 'None' },
    });
    const path = { name: 'fraud', version: '1' };
    const moved = await registry({
      route: 'POST /models/{name}/versions/{version}/stage',
      path,
      body: { stage: 'Production', reason: 'good' },
    });
    expect(moved).toMatchObject({
      status: 200,
      body: { stage: 'Production', source: `s3://artifacts/${experimentId}/${run.info.runId}/artifacts/model/` },
    });
    const history = await registry({ route: 'GET /models/{name}/history', path });
    expect(history.body.items).toMatchObject([
      { kind: 'stage', by: 'ann', reason: 'good' },
      { kind: 'registered' },
      { kind: 'created' },
    ]);
    expect(
      await registry({ route: 'GET /models/{name}/versions/{version}', path: { ...path, version: '1.5' } }),
    ).toMatchObject({ status: 400 });
  });

  it('gives a key that the authorizer takes until it is revoked', async () => {
    const { body } = await identity({ route: 'POST /keys', body: { name: 'ci', role: 'viewer' } });
    expect(await authorize(`Bearer ${body.apiKey}`)).toEqual({
      isAuthorized: true,
      context: { callerId: body.keyId, callerRole: 'viewer' },
    });
    await identity({ route: 'DELETE /keys/{keyId}', path: { keyId: String(body.keyId) } });
    const nobody = { isAuthorized: true, context: { callerId: 'nobody', callerRole: 'nobody' } };
    expect(await authorize(`Bearer ${body.apiKey}`)).toEqual(nobody);
    expect(await authorize('Bearer bootstrap-secret')).toMatchObject({
      isAuthorized: true,
      context: { callerRole: 'admin' },
    });
    expect(await authorize('Bearer bootstrap-secreT')).toEqual(nobody);
    expect(await authorize('Basic x')).toEqual(nobody);
    expect(await authorize()).toEqual({ isAuthorized: false, context: {} });
  });

  it('applies a project, sets its schedules and takes a file at the address it gave', async () => {
    const applied = await pipelines({ route: 'POST /projects', body: { files: projectFiles() } });
    expect(applied).toMatchObject({ status: 200, body: { name: 'churn', version: 1, changed: true } });
    const { GetScheduleCommand, SchedulerClient } = await import('@aws-sdk/client-scheduler');
    const schedule = await new SchedulerClient((await emulator()).config).send(
      new GetScheduleCommand({ Name: 'churn-training', GroupName: process.env.SCHEDULE_GROUP }),
    );
    expect(schedule).toMatchObject({ ScheduleExpression: 'cron(0 3 ? * SUN *)', FlexibleTimeWindow: { Mode: 'OFF' } });
    expect(JSON.parse(schedule.Target?.Input ?? '')).toMatchObject({ project: 'churn', refreshData: true });

    const path = { project: 'churn' };
    const uploads = await pipelines({
      route: 'POST /projects/{project}/uploads',
      path,
      body: { files: [{ path: 'a b.csv', bytes: 3 }] },
    });
    const [{ url }] = uploads.body.uploads as [{ url: string }];
    expect((await fetch(url, { method: 'PUT', body: 'x,y' })).status).toBe(200);
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const stored = await (await emulator()).s3.send(
      new GetObjectCommand({ Bucket: process.env.DATA_BUCKET, Key: 'projects/churn/raw/a b.csv' }),
    );
    expect(await stored.Body?.transformToString()).toBe('x,y');
    expect(url).not.toMatch(/checksum/i);
  });

  it('answers an invalid project with every problem', async () => {
    const files = projectFiles('name: churn\ncolour: red\n');
    const { status, body } = await pipelines({ route: 'POST /projects', body: { files } });
    expect(status).toBe(400);
    expect(body.error?.code).toBe('PROJECT_INVALID');
    expect(body.error?.message).toContain('project.yaml:2:1: colour unknown key "colour"');
  });

  it('starts a pipeline and shows its stages', async () => {
    const start = await pipelines({
      route: 'POST /pipelines/{pipeline}/runs',
      path: { pipeline: 'data' },
      body: { project: 'churn' },
    });
    expect(start.status).toBe(202);
    const path = { runId: String(start.body.runId) };
    const look = () => pipelines({ route: 'GET /pipelines/runs/{runId}', path });
    let run = await look();
    for (let i = 0; i < 50 && run.body.status === 'RUNNING'; i++) {
      await new Promise((done) => setTimeout(done, 100));
      run = await look();
    }
    expect(run.body).toMatchObject({ ...path, status: 'SUCCEEDED', project: 'churn', input: { project: 'churn' } });
    expect(
      (run.body.stages as { name: string; status: string }[]).map(({ name, status }) => `${name} ${status}`),
    ).toEqual(['Bake SUCCEEDED', 'Split SUCCEEDED']);
    const none = await pipelines({ route: 'GET /pipelines/runs/{runId}', path: { runId: 'data.none' } });
    expect(none).toMatchObject({ status: 404, body: { error: { code: 'PIPELINE_RUN_NOT_FOUND' } } });
    const wrong = await pipelines({
      route: 'POST /pipelines/{pipeline}/runs',
      path: { pipeline: 'x' },
      body: { project: 'churn' },
    });
    expect(wrong.status).toBe(400);
  });

  it('remembers a run whose failure the engine tells of, and lists it', async () => {
    const record = (await door('pipelines/record-run')) as (event: unknown, context: unknown) => Promise<void>;
    const detail = {
      stateMachineArn: process.env.DATA_PIPELINE_ARN,
      name: 'nightly-1',
      startDate: 1_767_225_600_000,
      input: '{"project":"churn"}',
    };
    await record({ detail: { ...detail, status: 'RUNNING', stopDate: null } }, lambdaContext);
    const ended = { status: 'FAILED', stopDate: 1_767_225_601_000, error: 'SOURCE_MISSING', cause: 'no usage.csv' };
    await record({ detail: { ...detail, ...ended } }, lambdaContext);
    await record({ detail: { ...detail, stateMachineArn: 'arn:other', status: 'FAILED' } }, lambdaContext);
    const { body } = await pipelines({ route: 'GET /pipelines/runs', query: 'project=churn&pipeline=data' });
    expect(body.items).toMatchObject([
      { runId: 'data.nightly-1', status: 'FAILED', error: 'SOURCE_MISSING', startedAt: '2026-01-01T00:00:00.000Z' },
    ]);
  });

  it('is healthy, and open', async () => {
    expect(await pipelines({ route: 'GET /health', role: 'nobody' })).toMatchObject({
      status: 200,
      body: { status: 'healthy', components: { projects: 'healthy', tracking: 'healthy', registry: 'healthy' } },
    });
  });
});
