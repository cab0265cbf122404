import { beforeEach, describe, expect, it } from '@jest/globals';
import { memoryTrackingStore } from '#adapters/memory/memory-tracking-store.ts';
import { at, BUCKET, mlflowDoors } from '../_shared/_mlflow.ts';

let doors: ReturnType<typeof mlflowDoors>;
/** A run and a logged model of it. */
let info: { run_id: string; artifact_uri: string };
let model: { model_id: string; artifact_uri: string };

const send = (line: string, body: object) =>
  doors.registry(at(line.replace(' ', ' model-versions/')), { body: { name: 'm', ...body } });
const read = (operation: string, query: Record<string, string>) =>
  doors.registry(at(`GET model-versions/${operation}`), { query });
const create = (fields: object = {}) => send('POST create', { source: 's3://bucket/m', ...fields });
const get = async (version: string) => (await read('get', { name: 'm', version })).body.model_version;
const refused = (error_code: string, status = 400) => ({ status, body: { error_code } });
const INVALID = refused('INVALID_PARAMETER_VALUE');
const MISSING = refused('RESOURCE_DOES_NOT_EXIST', 404);

beforeEach(async () => {
  doors = mlflowDoors();
  await doors.registry(at('POST registered-models/create'), { body: { name: 'm' } });
  info = (await doors.tracking(at('POST runs/create'), { body: {} })).body.run.info;
  const body = { experiment_id: '0', name: 'net', source_run_id: info.run_id };
  model = (await doors.tracking(at('POST logged-models'), { body })).body.model.info;
});

describe("MLflow's model versions", () => {
  it('count from 1, as text, and are ready at once', async () => {
    const made = await create({ description: 'd', run_link: 'l', tags: [{ key: 'a', value: '1' }] });
    expect(made.body.model_version).toEqual({
      name: 'm',
      version: '1',
      creation_timestamp: expect.any(Number),
      last_updated_timestamp: expect.any(Number),
      user_id: 'ann',
      current_stage: 'None',
      description: 'd',
      source: 's3://bucket/m',
      run_id: '',
      run_link: 'l',
      status: 'READY',
      tags: [{ key: 'a', value: '1' }],
    });
    expect(await get('1')).toEqual(made.body.model_version);
    expect((await create()).body.model_version.version).toBe('2');
    await send('DELETE delete', { version: '2' });
    expect((await create()).body.model_version.version).toBe('3');
  });

  it('have distinct numbers without gaps when twenty are made at once', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => create()));
    const numbers = made.map(({ body }) => Number(body.model_version.version)).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it('come from a run: its address is stored as S3 and shown as clients know it', async () => {
    const { run_id } = info;
    const proxied = `${info.artifact_uri}/model`;
    expect((await create({ source: proxied, run_id })).body.model_version).toMatchObject({ source: proxied, run_id });
    const stored = proxied.replace('mlflow-artifacts:/', `s3://${BUCKET}/`);
    expect((await create({ source: stored, run_id })).body.model_version.source).toBe(proxied);
    const runs = `runs:/${run_id}/model`;
    expect((await create({ source: runs, run_id })).body.model_version).toMatchObject({ source: runs, run_id });
    const uris = ['1', '2', '3'].map(async (version) => (await read('get-download-uri', { name: 'm', version })).body);
    expect(await Promise.all(uris)).toEqual([proxied, proxied, runs].map((artifact_uri) => ({ artifact_uri })));
    const found = await read('search', { filter: `source_path = '${proxied}'` });
    expect(found.body.model_versions).toHaveLength(2);
  });

  it('come from a logged model, which notes them and whose files are downloaded', async () => {
    const { model_id } = model;
    const source = `models:/${model_id}`;
    const made = await create({ source, model_id });
    expect(made.body.model_version).toMatchObject({ source, model_id, run_id: info.run_id });
    await create({ source, model_id });
    expect((await read('get-download-uri', { name: 'm', version: '1' })).body).toEqual({
      artifact_uri: model.artifact_uri,
    });
    const noted = await doors.tracking(at(`GET logged-models/${model_id}`));
    const tags = [1, 2].map((version) => ({ name: 'm', version }));
    expect(noted.body.model.info.tags).toEqual([{ key: 'mlflow.modelVersions', value: JSON.stringify(tags) }]);
    const other = `${model.artifact_uri}/part`;
    expect((await create({ source: other, model_id })).body.model_version).toMatchObject({ source: other, model_id });
  });

  it.each(['1', 'latest', 'None'])(
    'are copies of others (%s), of the same run, read where those lie',
    async (which) => {
      await create({ source: `models:/${model.model_id}`, model_id: model.model_id });
      const copy = await create({ source: `models:/m/${which}` });
      const { model_id } = model;
      expect(copy.body.model_version).toMatchObject({ source: 'models:/m/1', run_id: info.run_id, model_id });
      const query = { name: 'm', version: '2' };
      expect((await read('get-download-uri', query)).body).toEqual({ artifact_uri: model.artifact_uri });
    },
  );

  it('are copies that stay what they were, whatever the names mean later', async () => {
    const models = (line: string, body: object) =>
      doors.registry(at(line.replace(' ', ' registered-models/')), { body });
    await create({ source: 's3://bucket/first' });
    await models('POST create', { name: 'n' });
    const copied = await create({ name: 'n', source: 'models:/m/1' });
    expect(copied.body.model_version.source).toBe('models:/m/1');
    await models('POST rename', { name: 'm', new_name: 'old' });
    // Now n/1, which is a copy of m/1, is called m/1.
    await models('POST rename', { name: 'n', new_name: 'm' });
    const query = { name: 'm', version: '1' };
    expect(await read('get-download-uri', query)).toMatchObject({ body: { artifact_uri: 's3://bucket/first' } });
    const again = (await create({ source: 'models:/m/1' })).body.model_version.version;
    expect((await read('get-download-uri', { name: 'm', version: again })).body.artifact_uri).toBe('s3://bucket/first');
  });

  it('are made once, though nobody can note it with the logged model', async () => {
    const tracking = memoryTrackingStore();
    const swapLoggedModelTag = async () => {
      throw Object.assign(new Error('x'), { name: 'ThrottlingException' });
    };
    doors = mlflowDoors({ ...tracking, swapLoggedModelTag });
    await doors.registry(at('POST registered-models/create'), { body: { name: 'm' } });
    const body = { experiment_id: '0', name: 'net' };
    const { model_id } = (await doors.tracking(at('POST logged-models'), { body })).body.model.info;
    const made = await create({ source: `models:/${model_id}`, model_id });
    expect(made).toMatchObject({ status: 200, body: { model_version: { version: '1' } } });
  });

  it('are all noted with their logged model when they are made at once', async () => {
    const { model_id } = model;
    await Promise.all(Array.from({ length: 15 }, () => create({ source: `models:/${model_id}`, model_id })));
    const noted = await doors.tracking(at(`GET logged-models/${model_id}`));
    const versions = JSON.parse(noted.body.model.info.tags[0].value).map((one: { version: number }) => one.version);
    expect(versions.sort((a: number, b: number) => a - b)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
  });

  it('are prompts, which have a placeholder for a source and no files', async () => {
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    expect(await create({ source: 'prompt-template', tags })).toMatchObject({ status: 200 });
    expect(await create({ source: 's3://bucket/m', tags })).toMatchObject(INVALID);
  });

  const other = 'f'.repeat(32);
  it.each([
    ['nothing', () => ({ source: undefined })],
    ['a local path', () => ({ source: '/etc/passwd' })],
    ['a local path and a run', () => ({ source: '/etc/passwd', run_id: info.run_id })],
    ['a file', () => ({ source: 'file:///etc/passwd' })],
    ['a relative path', () => ({ source: 's3://bucket/a/../b' })],
    ['a hidden relative path', () => ({ source: 's3://bucket/a/%252e%252e/b' })],
    ['a path encoded over and over', () => ({ source: `s3://bucket/%${'25'.repeat(600)}2e` })],
    ['a long address', () => ({ source: `s3://bucket/${'a'.repeat(2_048)}` })],
    ['a host', () => ({ source: 'https://host/x' })],
    [
      'a host of artifacts',
      () => ({ source: `mlflow-artifacts://host/0/${info.run_id}/artifacts`, run_id: info.run_id }),
    ],
    ['a run that is not named', () => ({ source: `runs:/${info.run_id}/model` })],
    ['another run', () => ({ source: `runs:/${other}/model`, run_id: info.run_id })],
    ['artifacts of no run', () => ({ source: `${info.artifact_uri}/model` })],
    ['artifacts of another run', () => ({ source: `${info.artifact_uri}/model`, run_id: other })],
    ['artifacts beside the run', () => ({ source: `${info.artifact_uri}-else`, run_id: info.run_id })],
    ['artifacts of a run as a model', () => ({ source: info.artifact_uri, model_id: model.model_id })],
    ['a logged model that is not named', () => ({ source: `models:/${model.model_id}` })],
    ['a version that reads as nothing', () => ({ source: 'models:/m/2/3' })],
    ['an alias that is not there', () => ({ source: 'models:/m@none' })],
    ['a stage that is empty', () => ({ source: 'models:/m/Staging' })],
    ['a tag too long', () => ({ tags: [{ key: 'k', value: 'v'.repeat(100_001) }] })],
  ])('refuse %s as a source', async (_, fields) => {
    expect(await create(fields())).toMatchObject(INVALID);
    expect(await read('get', { name: 'm', version: '1' })).toMatchObject(MISSING);
  });

  it.each([
    [{ name: 'none' }],
    [{ source: `models:/m-${'0'.repeat(32)}`, model_id: `m-${'0'.repeat(32)}` }],
    [{ source: 'models:/m/7' }],
  ])('say what is not there: %j', async (fields) => {
    expect(await create(fields)).toMatchObject(MISSING);
  });

  it('get another description, tags, and go', async () => {
    await create();
    expect((await send('PATCH update', { version: '1', description: 'new' })).body.model_version.description).toBe(
      'new',
    );
    await send('POST set-tag', { version: '1', key: 'k', value: 'v' });
    expect((await get('1')).tags).toEqual([{ key: 'k', value: 'v' }]);
    for (const _ of [1, 2])
      expect(await send('DELETE delete-tag', { version: '1', key: 'k' })).toMatchObject({ status: 200 });
    expect(await send('DELETE delete', { version: '1' })).toMatchObject({ status: 200, body: {} });
    for (const line of ['PATCH update', 'POST set-tag', 'DELETE delete-tag', 'DELETE delete', 'POST transition-stage'])
      expect(await send(line, { version: '1', key: 'k', stage: 'None' })).toMatchObject(MISSING);
    expect(await read('get-download-uri', { name: 'm', version: '1' })).toMatchObject(MISSING);
    expect(await read('get', { name: 'm', version: 'one' })).toMatchObject(INVALID);
  });

  it('move between stages; those that stood there are archived when it is asked', async () => {
    for (const _ of [1, 2]) await create();
    const move = (version: string, stage: string, more = {}) =>
      send('POST transition-stage', { version, stage, ...more });
    expect((await move('1', 'production')).body.model_version.current_stage).toBe('Production');
    await move('2', 'Production');
    expect((await get('1')).current_stage).toBe('Production');
    await move('2', 'Production', { archive_existing_versions: true });
    expect([(await get('1')).current_stage, (await get('2')).current_stage]).toEqual(['Archived', 'Production']);
    expect(await move('1', 'Prod')).toMatchObject(INVALID);
    expect(await move('1', 'None', { archive_existing_versions: true })).toMatchObject(INVALID);
    expect(await move('1', 'Staging', { archive_existing_versions: 'true' })).toMatchObject(INVALID);
  });

  it('are searched by model and run, newest first, page by page', async () => {
    for (const run_id of [info.run_id, undefined, info.run_id]) await create({ run_id });
    const versions = ({ body }: { body: { model_versions?: { version: string }[] } }) =>
      (body.model_versions ?? []).map(({ version }) => version);
    const order_by = 'version_number DESC';
    const first = await read('search', { filter: "name = 'm'", max_results: '2', order_by });
    expect(versions(first)).toEqual(['3', '2']);
    const page_token = first.body.next_page_token;
    const rest = await read('search', { filter: "name = 'm'", max_results: '2', order_by, page_token });
    expect([versions(rest), rest.body.next_page_token]).toEqual([['1'], undefined]);
    expect(versions(await read('search', { filter: `run_id = '${info.run_id}'`, order_by }))).toEqual(['3', '1']);
    for (const query of [{ max_results: '200001' }, { filter: "foo = 'x'" }, { page_token: '!' }])
      expect(await read('search', query as Record<string, string>)).toMatchObject(INVALID);
  });
});
