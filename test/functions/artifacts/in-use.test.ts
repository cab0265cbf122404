import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { registerVersion, transitionStage } from '#core/registry/index.ts';
import { createExperiment, createLoggedModel, createRun, deleteLoggedModel } from '#core/tracking/index.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';
import { gatewayEvent, type LambdaServer, lambdaServer } from '#test/helpers/lambda-server.ts';
import { call, FILES, PROXY, post } from './_calls.ts';
import { type ArtifactDoorWorld, artifactWorld } from './_world.ts';

let world: ArtifactDoorWorld;
let api: LambdaServer;
let run: { runId: string; experimentId: string; at: string };

beforeAll(async () => {
  world = await artifactWorld();
  api = await lambdaServer(world.handler, gatewayEvent('scientist'));
  const { experimentId } = await createExperiment(world.tracking, { name: 'churn' });
  const { info } = await createRun(world.tracking, { experimentId, runName: 'r', userId: 'ann' });
  run = { runId: info.runId, experimentId, at: `${experimentId}/${info.runId}/artifacts` };
}, EMULATOR_START_MS);
afterAll(() => api.stop());

const put = (path: string, body: string) => call(`${api.url}${FILES}/${path}`, { method: 'PUT', body });

describe('files of a version in use', () => {
  const versionIn = async (stage: 'Production' | 'Archived', name: string) => {
    const folder = `${run.at}/${name}`;
    await put(`${folder}/model.onnx`, 'graph');
    const source = `s3://${world.bucket}/${folder}/`;
    const { version } = await registerVersion(world.registry, { name, source, runId: run.runId, by: 'ann' });
    await transitionStage(world.registry, { name, version, stage, by: 'ann' });
    return folder;
  };
  const remove = (path: string) => call(`${api.url}${FILES}/${path}`, { method: 'DELETE' });
  const create = (folder: string, path: string, more = {}) =>
    post(`${api.url}${PROXY}/mpu/create/${folder}`, { path, num_parts: 1, ...more });
  const refusals = async (calls: readonly Promise<{ status: number; json: { message: string } }>[]) => {
    for (const { status, json } of await Promise.all(calls))
      expect([status, json.message]).toEqual([400, expect.stringContaining('in use')]);
  };

  it('are neither deleted, alone or with what holds them, nor written over', async () => {
    const folder = await versionIn('Production', 'served');
    await refusals([
      ...[`${folder}/model.onnx`, folder, `${folder}/`, run.at, `${run.experimentId}/${run.runId}`].map(remove),
      put(`${folder}/model.onnx`, 'other'),
      create(folder, 'model.onnx'),
      create(folder, 'model.onnx', { whole: true }),
    ]);
    expect((await call(`${api.url}${FILES}/${folder}/model.onnx`)).text).toBe('graph');
  });

  it('are kept from an upload that began before the file was there', async () => {
    const { json } = await create(`${run.at}/late`, 'model.onnx');
    const reply = await fetch(json.credentials[0].url, { method: 'PUT', body: 'other' });
    const folder = await versionIn('Production', 'late');
    const parts = [{ part_number: 1, etag: reply.headers.get('etag') }];
    const done = { path: 'model.onnx', upload_id: json.upload_id, parts };
    await refusals([post(`${api.url}${PROXY}/mpu/complete/${folder}`, done)]);
  });

  it('are kept by their logged model too, also after that was deleted', async () => {
    const { modelId, artifactUri } = await createLoggedModel(world.tracking, { experimentId: run.experimentId });
    const folder = artifactUri.slice(`s3://${world.bucket}/`.length);
    const source = `models:/${modelId}`;
    const { version } = await registerVersion(world.registry, { name: 'logged', source, modelId, by: 'ann' });
    await transitionStage(world.registry, { name: 'logged', version, stage: 'Staging', by: 'ann' });
    await deleteLoggedModel(world.tracking, modelId);
    await refusals([remove(folder), remove(`${run.experimentId}/models`)]);
  });

  it('are no hindrance to files beside, nor to those of a version that is not in use', async () => {
    const folder = await versionIn('Production', 'beside');
    const old = await versionIn('Archived', 'old');
    const sent = [put(`${folder}/notes.md`, 'x'), put(`${folder}-2/model.onnx`, 'x'), put(`${old}/model.onnx`, 'x')];
    for (const { status } of await Promise.all(sent)) expect(status).toBe(200);
    for (const path of [`${folder}-2`, old]) expect((await remove(path)).status).toBe(200);
  });
});
