import { beforeEach, describe, expect, it } from '@jest/globals';
import { at, type MlflowCaller, mlflowDoors } from '../_shared/_mlflow.ts';

let call: MlflowCaller;
beforeEach(() => {
  call = mlflowDoors().tracking;
});

const create = async (body: Record<string, unknown>): Promise<string> =>
  (await call(at('POST experiments/create'), { body })).body.experiment_id;
const post = (operation: string, body: unknown) => call(at(`POST experiments/${operation}`), { body });
const get = async (experiment_id: string) =>
  (await call(at('GET experiments/get'), { query: { experiment_id } })).body.experiment;

const refused = (error_code: string, status = 400) => ({ status, body: { error_code } });

describe("MLflow's experiments", () => {
  it('are made, with artifacts behind the tracking address, and found by id and name', async () => {
    const experiment_id = await create({ name: 'churn', tags: [{ key: 'a', value: '1' }] });
    const experiment = await get(experiment_id);
    expect(experiment).toEqual({
      experiment_id,
      name: 'churn',
      artifact_location: `mlflow-artifacts:/${experiment_id}`,
      lifecycle_stage: 'active',
      creation_time: expect.any(Number),
      last_update_time: expect.any(Number),
      tags: [{ key: 'a', value: '1' }],
    });
    const byName = await call(at('GET experiments/get-by-name'), { query: { experiment_name: 'churn' } });
    expect(byName.body.experiment).toEqual(experiment);
  });

  it('begin with the default one, number 0', async () => {
    expect(await get('0')).toMatchObject({
      experiment_id: '0',
      name: 'Default',
      artifact_location: 'mlflow-artifacts:/0',
    });
  });

  it.each([
    ['create', {}, "required parameter 'name'"],
    ['create', { name: 'x'.repeat(501) }, '500'],
    ['create', { name: 'a', tags: [{ key: 'k', value: 'v'.repeat(20_001) }] }, '20000'],
    ['create', { name: 'a', tags: [{ key: 'k!' }] }, 'may only contain'],
    [
      'create',
      { name: 'a', artifact_location: 'http://elsewhere/x' },
      "'artifact_location' cannot use the 'http' scheme",
    ],
    ['create', { name: 'a', artifact_location: 'mlflow-artifacts://host/7/x' }, 'mlflow-artifacts'],
    ['create', { name: 'a', artifact_location: 'mlflow-artifacts:/7/../8' }, '".."'],
    ['create', { name: 'a', artifact_location: '/tmp/x' }, 'artifact_location'],
    ['update', { experiment_id: '0' }, "required parameter 'new_name'"],
    ['search', {}, 'It must be a positive integer'],
    ['search', { max_results: 50_001 }, 'It must be at most 50000'],
    ['search', { max_results: 5, filter: "nme = 'x'" }, 'nme'],
    ['search', { max_results: 5, order_by: ['nme'] }, 'nme'],
    ['search', { max_results: 5, page_token: '%%' }, 'token'],
    ['delete', { experiment_id: 'abc' }, "Invalid experiment ID 'abc'. Experiment ID must be a valid integer."],
  ])('refuse %s of %j', async (operation, body, told) => {
    const answer = await post(operation, body);
    expect(answer).toMatchObject(refused('INVALID_PARAMETER_VALUE'));
    expect(answer.body.message).toContain(told);
  });

  it("keep a caller's own S3 location", async () => {
    const location = 's3://own-bucket/prefix';
    const id = await create({ name: 'own', artifact_location: location });
    expect((await get(id)).artifact_location).toBe(location);
  });

  it.each(['get', 'update', 'delete', 'restore', 'set-experiment-tag'])(
    'say that nothing is there to %s',
    async (what) => {
      const fields = { experiment_id: '99', new_name: 'x', key: 'k' };
      const answer =
        what === 'get' ? await call(at('GET experiments/get'), { query: fields }) : await post(what, fields);
      expect(answer).toMatchObject(refused('RESOURCE_DOES_NOT_EXIST', 404));
      const none = await call(at('GET experiments/get-by-name'), { query: { experiment_name: 'none' } });
      expect(none).toMatchObject(refused('RESOURCE_DOES_NOT_EXIST', 404));
    },
  );

  it('are renamed, deleted with their runs and restored; the name of a deleted one stays taken', async () => {
    const experiment_id = await create({ name: 'one' });
    expect(await post('update', { experiment_id, new_name: 'two' })).toMatchObject({ status: 200, body: {} });
    const run = await call(at('POST runs/create'), { body: { experiment_id } });
    const query = { run_id: run.body.run.info.run_id };
    await post('delete', { experiment_id });
    expect((await call(at('GET runs/get'), { query })).body.run.info.lifecycle_stage).toBe('deleted');
    expect(await post('create', { name: 'two' })).toMatchObject(refused('RESOURCE_ALREADY_EXISTS'));
    expect(await post('update', { experiment_id, new_name: 'three' })).toMatchObject(refused('INVALID_STATE'));
    expect(await post('delete', { experiment_id })).toMatchObject(refused('RESOURCE_DOES_NOT_EXIST', 404));
    await post('restore', { experiment_id });
    expect((await call(at('GET runs/get'), { query })).body.run.info.lifecycle_stage).toBe('active');
    expect(await get(experiment_id)).toMatchObject({ name: 'two', lifecycle_stage: 'active' });
  });

  it('have tags that are set and taken away, once', async () => {
    const experiment_id = await create({ name: 'tagged' });
    await post('set-experiment-tag', { experiment_id, key: 'k', value: 'v' });
    await post('set-experiment-tag', { experiment_id, key: 'empty' });
    expect((await get(experiment_id)).tags).toEqual(
      expect.arrayContaining([
        { key: 'k', value: 'v' },
        { key: 'empty', value: '' },
      ]),
    );
    expect(await post('delete-experiment-tag', { experiment_id, key: 'k' })).toMatchObject({ status: 200 });
    expect(await post('delete-experiment-tag', { experiment_id, key: 'k' })).toMatchObject(
      refused('RESOURCE_DOES_NOT_EXIST', 404),
    );
  });

  it('are searched by GET and POST, page after page, active ones unless asked otherwise', async () => {
    const ids = [];
    for (const name of ['s1', 's2', 's3']) ids.push(await create({ name, tags: [{ key: 'team', value: 'x' }] }));
    await post('delete', { experiment_id: ids[0] });
    const filter = "tags.team = 'x'";
    const names = (answer: { body: { experiments?: { name: string }[] } }) =>
      (answer.body.experiments ?? []).map(({ name }) => name);
    const first = await call(at('GET experiments/search'), {
      query: { filter, max_results: '1', order_by: ['name DESC'] },
    });
    expect(names(first)).toEqual(['s3']);
    const next = { filter, max_results: 1, order_by: ['name DESC'], page_token: first.body.next_page_token };
    const second = await post('search', next);
    expect([names(second), second.body.next_page_token]).toEqual([['s2'], undefined]);
    expect(names(await post('search', { filter, max_results: 9, view_type: 'DELETED_ONLY' }))).toEqual(['s1']);
    expect(names(await post('search', { filter, max_results: 9, view_type: 'ALL' })).sort()).toEqual([
      's1',
      's2',
      's3',
    ]);
  });
});
