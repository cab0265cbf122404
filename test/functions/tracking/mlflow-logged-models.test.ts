import { beforeEach, describe, expect, it } from '@jest/globals';
import { at, type MlflowCaller, mlflowDoors } from '../_shared/_mlflow.ts';

let call: MlflowCaller;
let run_id: string;
beforeEach(async () => {
  call = mlflowDoors().tracking;
  run_id = (await call(at('POST runs/create'), { body: {} })).body.run.info.run_id;
});

const create = async (fields = {}) =>
  (await call(at('POST logged-models'), { body: { experiment_id: '0', name: 'net', ...fields } })).body.model;
const path = (id: string, rest = '') => `logged-models/${id}${rest}`;
const get = async (id: string) => (await call(at(`GET ${path(id)}`))).body.model;
const search = (fields: object) =>
  call(at('POST logged-models/search'), { body: { experiment_ids: ['0'], ...fields } });
const names = ({ body }: { body: { models?: { info: { name: string } }[] } }) =>
  (body.models ?? []).map(({ info }) => info.name);
const refused = (error_code: string, status = 400) => ({ status, body: { error_code } });

describe("MLflow's logged models", () => {
  it('begin as pending, with a place for their files', async () => {
    const texts = { params: [{ key: 'p', value: '1' }], tags: [{ key: 't', value: '2' }] };
    const model = await create({ model_type: 'classifier', source_run_id: run_id, ...texts });
    const { model_id } = model.info;
    expect(model_id).toMatch(/^m-[0-9a-f]{32}$/);
    expect(model).toEqual({
      info: {
        model_id,
        experiment_id: '0',
        name: 'net',
        creation_timestamp_ms: expect.any(Number),
        last_updated_timestamp_ms: expect.any(Number),
        artifact_uri: `mlflow-artifacts:/0/models/${model_id}/artifacts`,
        status: 'LOGGED_MODEL_PENDING',
        model_type: 'classifier',
        source_run_id: run_id,
        tags: texts.tags,
      },
      data: { params: texts.params },
    });
    expect(await get(model_id)).toEqual(model);
    expect((await create({ name: undefined })).info.name).toMatch(/./);
  });

  it.each([
    [{ experiment_id: undefined }, 400],
    [{ name: 'a/b' }, 400],
    [{ params: [{ value: 'x' }] }, 400],
    [{ experiment_id: '66' }, 404],
  ])('refuse %j', async (fields, status) => {
    const body = { experiment_id: '0', name: 'net', ...fields };
    expect((await call(at('POST logged-models'), { body })).status).toBe(status);
  });

  it.each(['LOGGED_MODEL_READY', 'LOGGED_MODEL_UPLOAD_FAILED'])('become %s', async (status) => {
    const { model_id } = (await create()).info;
    const answer = await call(at(`PATCH ${path(model_id)}`), { body: { model_id, status } });
    expect(answer.body.model.info.status).toBe(status);
    expect((await get(model_id)).info.status).toBe(status);
    expect(await call(at(`PATCH ${path(model_id)}`), { body: { status: 'DONE' } })).toMatchObject({ status: 400 });
  });

  it('have tags and parameters', async () => {
    const { model_id } = (await create()).info;
    const tags = [{ key: 'k', value: '2' }];
    await call(at(`PATCH ${path(model_id, '/tags')}`), { body: { tags: [...tags, { key: 'a/b c', value: '1' }] } });
    const gone = `DELETE ${path(model_id, '/tags/a%2Fb%20c')}`;
    expect(await call(at(gone))).toMatchObject({ status: 200, body: {} });
    expect(await call(at(gone))).toMatchObject(refused('RESOURCE_DOES_NOT_EXIST', 404));
    const params = [{ key: 'depth', value: '3' }];
    for (const _ of [1, 2]) await call(at(`POST ${path(model_id, '/params')}`), { body: { model_id, params } });
    expect(await get(model_id)).toMatchObject({ info: { tags }, data: { params } });
  });

  it('keep the metrics that a run measured of them, with the data set', async () => {
    const { model_id } = (await create()).info;
    const measured = {
      key: 'acc',
      value: 0.5,
      timestamp: 7,
      step: 1,
      model_id,
      dataset_name: 'd',
      dataset_digest: 'x',
    };
    await call(at('POST runs/log-metric'), { body: { run_id, ...measured } });
    expect((await get(model_id)).data.metrics).toEqual([{ ...measured, run_id }]);
    const missing = { run_id, ...measured, model_id: 'm-none' };
    expect(await call(at('POST runs/log-metric'), { body: missing })).toMatchObject(
      refused('RESOURCE_DOES_NOT_EXIST', 404),
    );
  });

  it('are deleted, and read only by who allows it', async () => {
    const { model_id } = (await create()).info;
    expect(await call(at(`DELETE ${path(model_id)}`))).toMatchObject({ status: 200, body: {} });
    expect(await call(at(`GET ${path(model_id)}`))).toMatchObject(refused('RESOURCE_DOES_NOT_EXIST', 404));
    const allowed = await call(at(`GET ${path(model_id)}`), { query: { allow_deleted: 'true' } });
    expect(allowed.body.model.info.model_id).toBe(model_id);
    expect(names(await search({}))).toEqual([]);
  });

  it('that are not there are told so', async () => {
    for (const line of ['GET', 'DELETE', 'PATCH']) {
      const body = line === 'GET' ? undefined : { status: 'LOGGED_MODEL_READY' };
      expect(await call(at(`${line} ${path('m-none')}`), { body })).toMatchObject(
        refused('RESOURCE_DOES_NOT_EXIST', 404),
      );
    }
  });

  it('are searched by name, metric and data set, ordered, page by page', async () => {
    for (const [name, value] of [
      ['a', 1],
      ['b', 3],
      ['c', 2],
    ] as const) {
      const { model_id } = (await create({ name })).info;
      const metric = { key: 'acc', value, timestamp: 1, model_id, dataset_name: name, dataset_digest: 'x' };
      await call(at('POST runs/log-metric'), { body: { run_id, ...metric } });
    }
    expect(names(await search({ filter: "name = 'b'" }))).toEqual(['b']);
    expect(names(await search({ filter: 'metrics.acc > 1', datasets: [{ dataset_name: 'c' }] }))).toEqual(['c']);
    const order_by = [{ field_name: 'metrics.acc', ascending: false }];
    const first = await search({ order_by, max_results: 2 });
    expect(names(first)).toEqual(['b', 'c']);
    const rest = await search({ order_by, max_results: 2, page_token: first.body.next_page_token });
    expect([names(rest), rest.body.next_page_token]).toEqual([['a'], undefined]);
  });

  it.each([
    [{ experiment_ids: undefined }, "required parameter 'experiment_ids'"],
    [{ filter: 'what' }, 'what'],
    [{ max_results: 0 }, 'positive'],
    [{ order_by: [{}] }, 'order_by[0].field_name'],
    [{ datasets: [{}] }, 'datasets[0].dataset_name'],
  ])('refuse the search %j', async (fields, told) => {
    const answer = await search(fields);
    expect(answer).toMatchObject(refused('INVALID_PARAMETER_VALUE'));
    expect(answer.body.message).toContain(told);
  });
});
