import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { systemClock, systemIds } from '#adapters/system/system.ts';
import { deleteModel, type RegistryStore, setModelTag } from '#core/registry/index.ts';
import { createRun, ensureExperiment } from '#core/tracking/index.ts';
import { EMULATOR_START_MS, type Emulator, emulator } from '#test/helpers/emulator.ts';
import { type RegistryWorld, registerTimes, worldOn } from '../../adapters/registry-world.ts';
import { type Answer, type Call, callOn } from '../_shared/_event.ts';

let aws: Emulator;
let world: RegistryWorld;
let store: RegistryStore;
let registry: (call: Call) => Promise<Answer>;
let lineage: (call: Call) => Promise<Answer>;
const path = { name: 'churn' };

beforeAll(async () => {
  aws = await emulator();
  const { accessKeyId, secretAccessKey } = aws.config.credentials;
  Object.assign(process.env, {
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: aws.config.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    PROJECTS_TABLE: await aws.freshTable('pk', 'sk'),
    CATALOG_TABLE: await aws.freshTable('pk', 'sk'),
    TRACKING_TABLE: await aws.freshTable('pk', 'sk'),
    REGISTRY_TABLE: await aws.freshTable('pk', 'sk'),
    DEPLOYMENTS_TABLE: await aws.freshTable('pk', 'sk'),
    DATA_BUCKET: await aws.freshBucket(),
    EVENT_BUS_NAME: 'default',
  });
  store = dynamoRegistryStore(aws.documents, process.env.REGISTRY_TABLE ?? '');
  world = worldOn(store);
  await registerTimes(world, 'churn', 2);
  registry = callOn((await import('../../../functions/registry/api.ts')).handler);
  lineage = callOn((await import('../../../functions/lineage/api.ts')).handler);
}, EMULATOR_START_MS);

describe('the registry API', () => {
  const alias = { ...path, alias: 'champion' };

  it('sets, tells and deletes an alias; only a deployer may', async () => {
    const set = { route: 'PUT /models/{name}/aliases/{alias}', path: alias, body: { version: 2, reason: 'best' } };
    expect(await registry({ ...set, role: 'scientist' })).toMatchObject({ status: 403 });
    expect(await registry(set)).toMatchObject({ status: 200, body: { version: 2, aliases: ['champion'] } });
    const told = await registry({ route: 'GET /models/{name}/aliases/{alias}', path: alias, role: 'viewer' });
    expect(told.body).toMatchObject({ name: 'churn', version: 2 });
    const gone = await registry({ route: 'DELETE /models/{name}/aliases/{alias}', path: alias });
    expect(gone).toMatchObject({ status: 200, body: { name: 'churn', aliases: {} } });
    expect(await registry({ route: 'GET /models/{name}/aliases/{alias}', path: alias })).toMatchObject({
      status: 404,
      body: { error: { code: 'ALIAS_NOT_FOUND' } },
    });
    const reserved = { ...set, path: { ...path, alias: 'latest' } };
    expect(await registry(reserved)).toMatchObject({ status: 400, body: { error: { code: 'INVALID_REQUEST' } } });
  });

  it('tells which version was in Production at a moment, also once the model is gone', async () => {
    const move = (version: string) =>
      registry({
        route: 'POST /models/{name}/versions/{version}/stage',
        path: { ...path, version },
        body: { stage: 'Production' },
      });
    await move('1');
    const { items } = (await registry({ route: 'GET /models/{name}/history', path })).body;
    const [{ atMs }] = items as [{ atMs: number }];
    await move('2');
    const at = (ms: number) =>
      registry({ route: 'GET /models/{name}/at', path, query: `time=${new Date(ms).toISOString()}`, role: 'viewer' });
    expect((await at(atMs)).body).toMatchObject({ version: 1, since: { by: 'ann', to: 'Production' } });
    expect((await at(atMs - 1)).body).toMatchObject({ version: null, since: null });
    await deleteModel(world, { name: 'churn', by: 'ann' });
    expect((await at(atMs)).body).toMatchObject({ version: 1, registered: { facts: { runId: 'r1' } } });
    const bad = await registry({ route: 'GET /models/{name}/at', path, query: 'time=noon' });
    expect(bad).toMatchObject({ status: 400 });
  });

  it('says that a history is sound, and that it is not once a record was taken out', async () => {
    const audit = () => registry({ route: 'GET /models/{name}/audit', path: { name: 'fraud' }, role: 'viewer' });
    expect(await audit()).toMatchObject({ status: 404 });
    await registerTimes(world, 'fraud', 1);
    await setModelTag(world, { name: 'fraud', key: 'a', value: 'b', by: 'ann' });
    expect((await audit()).body).toMatchObject({ name: 'fraud', verified: true, records: 3, problems: [] });
    const pk = `HISTORY#${(await store.findName('fraud'))?.live?.modelKey}`;
    await aws.documents.send(
      new DeleteCommand({ TableName: process.env.REGISTRY_TABLE, Key: { pk, sk: '0000000003' } }),
    );
    expect((await audit()).body).toMatchObject({ verified: false, problems: [{ kind: 'truncated', sequence: 3 }] });
  });
});

describe('the lineage API', () => {
  it('leads from a run to its version and back, and refuses what it does not know', async () => {
    const tracking = dynamoTrackingStore(aws.documents, process.env.TRACKING_TABLE ?? '');
    const deps = { tracking, clock: systemClock, ids: systemIds, artifactBucket: 'artifacts' };
    const { experimentId } = await ensureExperiment(deps, { name: 'loans' });
    const { info } = await createRun(deps, { experimentId, runName: 'r' });
    const body = { run_id: info.runId, name: 'loans' };
    expect(await registry({ route: 'POST /models/register', body })).toMatchObject({ status: 201 });
    const route = 'GET /lineage/{kind}/{id}';
    const ask = (kind: string, id: string, query = '') => lineage({ route, path: { kind, id }, query, role: 'viewer' });
    const edge = {
      from: { kind: 'run', id: info.runId },
      to: { kind: 'version', id: 'loans:1' },
      relation: 'registered as',
    };
    expect((await ask('run', info.runId)).body).toMatchObject({ edges: [edge], more: [] });
    expect((await ask('version', 'loans/1', 'direction=up')).body).toMatchObject({ edges: [edge], more: [] });
    expect(await ask('version', 'loans:7')).toMatchObject({ status: 404 });
    expect(await ask('planet', 'x')).toMatchObject({ status: 400 });
    expect(await ask('run', info.runId, 'depth=99')).toMatchObject({ status: 400 });
  });
});
