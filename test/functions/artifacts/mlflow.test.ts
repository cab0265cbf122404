import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { registerVersion } from '#core/registry/index.ts';
import { createExperiment, createLoggedModel, createRun } from '#core/tracking/index.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';
import { balancerEvent, gatewayEvent, type LambdaServer, lambdaServer } from '#test/helpers/lambda-server.ts';
import { call, FILES, PROXY, post } from './_calls.ts';
import { type ArtifactDoorWorld, artifactWorld } from './_world.ts';

let world: ArtifactDoorWorld;
let api: LambdaServer;
let readers: LambdaServer;
let balancer: LambdaServer;
let run: { runId: string; experimentId: string; at: string };

beforeAll(async () => {
  world = await artifactWorld();
  api = await lambdaServer(world.handler, gatewayEvent('scientist'));
  readers = await lambdaServer(world.handler, gatewayEvent('viewer'));
  balancer = await lambdaServer(world.handler, balancerEvent);
  const { experimentId } = await createExperiment(world.tracking, { name: 'churn' });
  const { info } = await createRun(world.tracking, { experimentId, runName: 'r', userId: 'ann' });
  run = { runId: info.runId, experimentId, at: `${experimentId}/${info.runId}/artifacts` };
}, EMULATOR_START_MS);
afterAll(() => {
  for (const server of [api, readers, balancer]) server.stop();
});

const put = (path: string, body: string | Uint8Array<ArrayBuffer>) =>
  call(`${api.url}${FILES}/${path}`, { method: 'PUT', body, headers: { 'content-type': 'text/plain' } });
const seen = async (url: string, path: string) =>
  (await call(`${url}${FILES}?path=${encodeURIComponent(path)}`)).json.files ?? [];

describe('files through the API', () => {
  it.each(['a.txt', '100%25.txt', 'a%2520b', 'a+b', 'a%20b', 'a%23b', 'a%3Fb%3Dc', '%C3%BC%E6%BC%A2.csv', "it's;x"])(
    'keeps the name sent as %s',
    async (sent) => {
      const name = decodeURIComponent(sent);
      const folder = `${run.at}/names-${Buffer.from(sent).toString('hex')}`;
      expect(await put(`${folder}/${sent}`, 'hello')).toMatchObject({ status: 200, text: '' });
      expect(await seen(readers.url, folder)).toEqual([{ path: name, is_dir: false, file_size: 5 }]);
      const got = await call(`${readers.url}${FILES}/${folder}/${sent}`);
      expect([got.status, got.text, got.headers.get('x-content-type-options')]).toEqual([200, 'hello', 'nosniff']);
      expect(got.headers.get('content-disposition')).toMatch(/^attachment; filename=/);
      const { json } = await call(`${readers.url}${PROXY}/presigned/${folder}/${sent}`);
      expect([json.headers, json.file_size, await (await fetch(json.url)).text()]).toEqual([{}, 5, 'hello']);
      expect((await call(`${api.url}${FILES}/${folder}/${sent}`, { method: 'DELETE' })).json).toEqual({});
      expect(await seen(readers.url, folder)).toEqual([]);
    },
  );

  it('gives a large file by an address that says how to save it, and 404 for one that is not there', async () => {
    const path = `${run.at}/large.csv`;
    await put(path, new Uint8Array(4_200_000).fill(65));
    const { status, headers } = await call(`${readers.url}${FILES}/${path}`);
    expect(status).toBe(307);
    const there = await fetch(headers.get('location') ?? '');
    expect((await there.arrayBuffer()).byteLength).toBe(4_200_000);
    expect(there.headers.get('content-disposition')).toBe('attachment; filename="large.csv"');
    const missing = await call(`${readers.url}${FILES}/${path}.gone`);
    expect([missing.status, missing.json.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  it('refuses a file too large for one request and says what to do', async () => {
    const { status, json } = await put(`${run.at}/too-large`, new Uint8Array(4_500_001));
    expect([status, json.error_code]).toEqual([413, 'INVALID_PARAMETER_VALUE']);
    expect(json.message).toContain('MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE');
    expect(json.message).toContain("the platform's EdgeUrl, which takes any size");
  });

  it.each(['x/y', '1/%2E%2E%2F2/y', '1/a%5C..%5Cb', '1//y', '1/a%00'])('refuses the path %s', async (path) => {
    const { status, json } = await put(path, 'x');
    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  it('lets a viewer read and not write', async () => {
    const url = `${readers.url}${FILES}/${run.at}/a.txt`;
    const writes = [
      call(url, { method: 'PUT', body: 'x' }),
      call(url, { method: 'DELETE' }),
      post(`${readers.url}${PROXY}/mpu/create/${run.at}`, { path: 'f' }),
    ];
    for (const { status, json } of await Promise.all(writes))
      expect([status, json.error_code]).toEqual([403, 'PERMISSION_DENIED']);
  });

  it('tells clients that files go and come in parts', async () => {
    const { json } = await call(`${readers.url}/api/3.0/mlflow/server-info`);
    expect(json).toMatchObject({
      multipart_uploads_enabled: true,
      multipart_downloads_enabled: true,
      workspaces_enabled: false,
    });
  });
});

describe('an upload in parts', () => {
  const mpu = (verb: string) => `${api.url}${PROXY}/mpu/${verb}/${run.at}/big`;
  const sent = async ({ url, part_number }: { url: string; part_number: number }, body: string) => {
    const reply = await fetch(url, { method: 'PUT', body });
    return { part_number, etag: reply.headers.get('etag'), url };
  };

  it('goes by the addresses that it gets, to the name that the client gave on its own machine', async () => {
    const { json } = await post(mpu('create'), { path: 'C:\\data\\f%20.bin', num_parts: 2 });
    expect(json.credentials.map((one: { part_number: number }) => one.part_number)).toEqual([1, 2]);
    const parts = [await sent(json.credentials[0], 'whole')];
    const done = { path: '/tmp/f%20.bin', upload_id: json.upload_id, parts };
    expect(await post(mpu('complete'), done)).toMatchObject({ status: 200, json: {} });
    expect((await post(mpu('complete'), done)).status).toBe(200);
    expect(await seen(api.url, `${run.at}/big`)).toEqual([{ path: 'f%20.bin', is_dir: false, file_size: 5 }]);
  });

  it('of a file of 50 GB gets all its addresses at once, as packed as its client takes them', async () => {
    // In pieces of 10 MiB, as MLflow's client cuts it.
    const { status, json } = await post(mpu('create'), { path: 'huge', num_parts: 5_120 });
    expect([status, json.credentials.length]).toEqual([200, 5_120]);
  }, 60_000);

  it('says how many addresses an answer holds where it holds fewer, and begins nothing', async () => {
    const parts = { path: 'held', num_parts: 9_999 };
    const plain = { 'accept-encoding': 'identity' };
    const at = `${balancer.url}${PROXY}/mpu/create/${run.at}/big`;
    for (const asked of [
      post(mpu('create'), parts, plain),
      post(at, parts, { authorization: world.scientist }),
      post(at, { ...parts, num_parts: 400 }, { authorization: world.scientist, ...plain }),
    ]) {
      const { status, json } = await asked;
      expect([status, json.message]).toEqual([400, expect.stringContaining('MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE')]);
    }
    const { Uploads = [] } = await world.s3.send(new ListMultipartUploadsCommand({ Bucket: world.bucket }));
    expect(Uploads.filter(({ Key }) => Key?.endsWith('/held'))).toEqual([]);
  });

  it('ends when it is aborted', async () => {
    const { json } = await post(mpu('create'), { path: 'gone', num_parts: 1 });
    const upload = { path: 'gone', upload_id: json.upload_id };
    expect((await post(mpu('abort'), upload)).json).toEqual({});
    const parts = [{ part_number: 1, etag: '"x"' }];
    const { status, json: refusal } = await post(mpu('complete'), { ...upload, parts });
    expect([status, refusal.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });

  it.each([
    [{ num_parts: 2 }, "'path'"],
    [{ path: 'f', num_parts: 'two' }, "'num_parts'"],
    [{ path: 'f', num_parts: 20_000 }, 'num_parts'],
    [{ path: '/', num_parts: 1 }, 'empty part'],
  ])('is refused for %j', async (message, named) => {
    const { status, json } = await post(mpu('create'), message);
    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(json.message).toContain(named);
  });
});

describe('files of runs and models', () => {
  it('are listed and given by the run', async () => {
    await put(`${run.at}/shown/a%20b.txt`, 'shown');
    for (const prefix of ['/api', '/ajax-api']) {
      const { json } = await call(`${readers.url}${prefix}/2.0/mlflow/artifacts/list?run_uuid=${run.runId}&path=shown`);
      expect(json).toEqual({
        root_uri: `mlflow-artifacts:/${run.at}`,
        files: [{ path: 'shown/a b.txt', is_dir: false, file_size: 5 }],
      });
    }
    const file = await call(`${readers.url}/get-artifact?path=shown/a%20b.txt&run_uuid=${run.runId}`);
    expect([file.text, file.headers.get('content-type')]).toEqual(['shown', 'text/plain; charset=utf-8']);
    const unknown = await call(`${readers.url}/get-artifact?path=a&run_uuid=${'0'.repeat(32)}`);
    expect([unknown.status, unknown.json.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  it('are listed and given by the logged model, and by the version made of it', async () => {
    const { modelId, artifactUri } = await createLoggedModel(world.tracking, { experimentId: run.experimentId });
    const folder = artifactUri.slice(`s3://${world.bucket}/`.length);
    await put(`${folder}/MLmodel`, 'flavors:');
    const base = `${readers.url}/ajax-api/2.0/mlflow/logged-models/${modelId}/artifacts`;
    expect((await call(`${base}/directories`)).json.files).toEqual([{ path: 'MLmodel', is_dir: false, file_size: 8 }]);
    expect((await call(`${base}/files?artifact_file_path=MLmodel`)).text).toBe('flavors:');
    const copy = { source: 'models:/churn/1', storageLocation: artifactUri };
    for (const from of [
      { source: `models:/${modelId}` },
      { source: artifactUri },
      { source: `${artifactUri}/` },
      copy,
    ]) {
      const { version } = await registerVersion(world.registry, { name: 'churn', ...from, by: 'ann' });
      const file = `${readers.url}/model-versions/get-artifact?path=MLmodel&name=churn&version=${version}`;
      expect((await call(file)).text).toBe('flavors:');
    }
  });

  it('are not looked for in other stores, nor outside their folder', async () => {
    const source = 's3://somebody-elses-bucket/7/model';
    const { version } = await registerVersion(world.registry, { name: 'far', source, by: 'ann' });
    const paths = [
      `/model-versions/get-artifact?path=MLmodel&name=far&version=${version}`,
      `/get-artifact?path=../../x&run_uuid=${run.runId}`,
    ];
    for (const path of paths) expect((await call(`${readers.url}${path}`)).status).toBe(400);
  });
});

describe('behind the load balancer', () => {
  const create = (key?: string) =>
    post(`${balancer.url}${PROXY}/mpu/create/${run.at}`, { path: 'f', whole: true }, key ? { authorization: key } : {});

  it('looks at the key itself', async () => {
    const statuses = [await create(), await create('Bearer mlp_no'), await create(world.viewer)];
    expect(statuses.map(({ status, json }) => [status, json.error_code])).toEqual([
      [401, 'UNAUTHENTICATED'],
      [401, 'UNAUTHENTICATED'],
      [403, 'PERMISSION_DENIED'],
    ]);
    const { status, json } = await create(world.scientist);
    expect([status, json.upload_id, json.credentials.length]).toEqual([200, undefined, 1]);
  });

  it('keeps names, behind a base path too, and gives what its answers cannot hold by address', async () => {
    const headers = { authorization: world.viewer };
    const path = `${run.at}/balanced/100%25%20%2B%2525.bin`;
    await put(path, new Uint8Array(700_000));
    const inline = await call(`${balancer.url}/prod${FILES}/${path}`, { headers });
    expect([inline.status, inline.text.length]).toEqual([200, 700_000]);
    await put(path, new Uint8Array(700_001));
    expect((await call(`${balancer.url}${FILES}/${path}`, { headers })).status).toBe(307);
    const deleted = { method: 'DELETE', headers: { authorization: world.scientist } };
    expect((await call(`${balancer.url}${FILES}/${run.at}/balanced/`, deleted)).status).toBe(200);
    expect(await seen(readers.url, `${run.at}/balanced`)).toEqual([]);
  });
});
