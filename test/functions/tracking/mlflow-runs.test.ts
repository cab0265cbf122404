import { beforeEach, describe, expect, it } from '@jest/globals';
import { at, type MlflowCaller, mlflowDoors } from '../_shared/_mlflow.ts';

let call: MlflowCaller;
let experiment_id: string;
beforeEach(async () => {
  call = mlflowDoors().tracking;
  experiment_id = (await call(at('POST experiments/create'), { body: { name: 'e' } })).body.experiment_id;
});

const post = (operation: string, body: unknown) => call(at(`POST runs/${operation}`), { body });
const start = async (fields = {}) => (await post('create', { experiment_id, start_time: 5, ...fields })).body.run;
const get = async (run_id: string) => (await call(at('GET runs/get'), { query: { run_id } })).body.run;
const refused = (error_code: string, status = 400) => ({ status, body: { error_code } });

describe("MLflow's runs", () => {
  it('start with what they are given', async () => {
    const tags = [{ key: 'a', value: '1' }];
    const run = await start({ user_id: 'ann', run_name: 'first', start_time: '1234', tags });
    const { run_id } = run.info;
    expect(run).toEqual({
      info: {
        run_id,
        run_uuid: run_id,
        run_name: 'first',
        experiment_id,
        user_id: 'ann',
        status: 'RUNNING',
        start_time: 1234,
        artifact_uri: `mlflow-artifacts:/${experiment_id}/${run_id}/artifacts`,
        lifecycle_stage: 'active',
      },
      data: { tags: expect.arrayContaining([...tags, { key: 'mlflow.runName', value: 'first' }]) },
      inputs: {},
      outputs: {},
    });
    expect(await get(run_id)).toEqual(run);
  });

  it('get a name when they have none, and the default experiment', async () => {
    const { info, data } = (await post('create', { start_time: 1 })).body.run;
    expect(info).toMatchObject({ experiment_id: '0', run_name: expect.stringMatching(/./), user_id: '' });
    expect(data.tags).toEqual([{ key: 'mlflow.runName', value: info.run_name }]);
  });

  it.each([
    ['create', { experiment_id: '77' }, 'RESOURCE_DOES_NOT_EXIST', 404],
    ['create', { experiment_id: '0', run_name: 'a', tags: [{ key: 'mlflow.runName', value: 'b' }] }, undefined, 400],
    ['create', { experiment_id: '0', start_time: 'x' }, undefined, 400],
    ['update', { status: 'FINISHED' }, undefined, 400],
    ['update', { run_id: 'f'.repeat(32), status: 'FINISHED' }, 'RESOURCE_DOES_NOT_EXIST', 404],
    ['update', { run_id: 'f'.repeat(32), status: 'DONE' }, undefined, 400],
    ['delete', { run_id: 'f'.repeat(32) }, 'RESOURCE_DOES_NOT_EXIST', 404],
    ['restore', {}, undefined, 400],
    ['search', { max_results: 50_001 }, undefined, 400],
    ['search', { max_results: 0 }, undefined, 400],
    ['search', { experiment_ids: '0' }, undefined, 400],
    ['search', { experiment_ids: ['0'], filter: 'metrics.a = 1 OR metrics.b = 2' }, undefined, 400],
    ['search', { experiment_ids: ['0'], page_token: '!' }, undefined, 400],
    ['outputs', { run_id: 'f'.repeat(32) }, undefined, 400],
    ['log-inputs', { run_id: 'f'.repeat(32), datasets: [{ dataset: { name: 'a' } }] }, undefined, 400],
  ])('refuse %s of %j', async (operation, body, code = 'INVALID_PARAMETER_VALUE', status = 400) => {
    expect(await post(operation, body)).toMatchObject(refused(code, status));
  });

  it.each(['run_id', 'run_uuid'])('are found by %s alone', async (field) => {
    const { info } = await start();
    const query = { [field]: info.run_id };
    expect((await call(at('GET runs/get'), { query })).body.run.info).toEqual(info);
  });

  it('end, get another name, are deleted, refuse writes then, and come back', async () => {
    const { run_id } = (await start()).info;
    const ended = await post('update', { run_id, run_uuid: run_id, status: 'FINISHED', end_time: 99 });
    expect(ended.body.run_info).toMatchObject({ status: 'FINISHED', end_time: 99 });
    await post('update', { run_id, run_name: 'other' });
    expect((await get(run_id)).data.tags).toEqual([{ key: 'mlflow.runName', value: 'other' }]);
    await post('delete', { run_id });
    expect(await post('set-tag', { run_id, key: 'a' })).toMatchObject(refused('INVALID_PARAMETER_VALUE'));
    expect((await get(run_id)).info).toMatchObject({ lifecycle_stage: 'deleted', run_name: 'other' });
    await post('restore', { run_id });
    expect(await post('set-tag', { run_id, key: 'a' })).toMatchObject({ status: 200, body: {} });
  });

  it('note data sets and models once, however often they are told', async () => {
    const { run_id } = (await start()).info;
    const dataset = { name: 'd', digest: 'x', source_type: 'local', source: '{}', schema: '[]', profile: '{"rows":2}' };
    const tags = [{ key: 'mlflow.data.context', value: 'training' }];
    const told = { run_id, datasets: [{ dataset, tags }], models: [{ model_id: 'm-1' }] };
    for (const _ of [1, 2]) await post('log-inputs', told);
    await post('outputs', { run_id, models: [{ model_id: 'm-2', step: '9007199254740993' }] });
    const run = await get(run_id);
    expect(run.inputs).toEqual({ dataset_inputs: [{ dataset, tags }], model_inputs: [{ model_id: 'm-1' }] });
    expect(run.outputs).toEqual({ model_outputs: [{ model_id: 'm-2', step: 9007199254740993n }] });
  });

  it('are searched with filter, order and pages; none comes twice or is lost', async () => {
    const ids: string[] = [];
    for (const value of [3, 1, 2]) {
      const { run_id } = (await start({ run_name: `r${value}` })).info;
      ids.push(run_id);
      await post('log-batch', {
        run_id,
        metrics: [{ key: 'loss', value, timestamp: 1 }],
        params: [{ key: 'kind', value: value === 3 ? 'no' : 'yes' }],
      });
    }
    await post('delete', { run_id: ids[0] });
    const search = { experiment_ids: [experiment_id], filter: 'metrics.loss > 0', order_by: ['metrics.loss DESC'] };
    const pages: string[] = [];
    for (let page_token: string | undefined, more = true; more; more = page_token !== undefined) {
      const { body } = await post('search', { ...search, max_results: 1, run_view_type: 'ALL', page_token });
      pages.push(...(body.runs ?? []).map((run: { info: { run_name: string } }) => run.info.run_name));
      page_token = body.next_page_token;
    }
    expect(pages).toEqual(['r3', 'r2', 'r1']);
    const { body } = await post('search', { ...search, filter: "params.kind = 'yes'" });
    expect(body.runs).toHaveLength(2);
    expect((await post('search', { ...search, run_view_type: 'DELETED_ONLY' })).body.runs).toHaveLength(1);
    expect((await post('search', {})).body).toEqual({});
  });

  it('are searched by the artifact address that clients know', async () => {
    const { info } = await start();
    const filter = `attributes.artifact_uri = '${info.artifact_uri}'`;
    const { body } = await post('search', { experiment_ids: [experiment_id], filter });
    expect(body.runs.map((run: { info: unknown }) => run.info)).toEqual([info]);
  });
});
