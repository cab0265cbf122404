import { beforeEach, describe, expect, it } from '@jest/globals';
import { at, type MlflowCaller, mlflowDoors } from '../_shared/_mlflow.ts';

let call: MlflowCaller;
beforeEach(() => {
  call = mlflowDoors().registry;
});

const send = (line: string, body: unknown) => call(at(line.replace(' ', ' registered-models/')), { body });
const read = (operation: string, query: Record<string, string | string[]>) =>
  call(at(`GET registered-models/${operation}`), { query });
const get = async (name: string) => (await read('get', { name })).body.registered_model;
const version = async (name: string) =>
  (await call(at('POST model-versions/create'), { body: { name, source: 's3://bucket/m' } })).body.model_version;
const refused = (error_code: string, status = 400) => ({ status, body: { error_code } });
const MISSING = refused('RESOURCE_DOES_NOT_EXIST', 404);

describe("MLflow's registered models", () => {
  it('are made and found', async () => {
    const made = await send('POST create', { name: 'My model 1', description: 'd', tags: [{ key: 'a', value: '1' }] });
    expect(made.body.registered_model).toEqual({
      name: 'My model 1',
      creation_timestamp: expect.any(Number),
      last_updated_timestamp: expect.any(Number),
      description: 'd',
      tags: [{ key: 'a', value: '1' }],
    });
    expect(await get('My model 1')).toEqual(made.body.registered_model);
    expect(await send('POST create', { name: 'My model 1' })).toMatchObject(refused('RESOURCE_ALREADY_EXISTS'));
  });

  it.each([
    ['POST create', {}],
    ['POST create', { name: '  ' }],
    ['POST create', { name: 'a/b' }],
    ['POST create', { name: 'a:b' }],
    ['POST create', { name: '..' }],
    ['POST create', { name: 'a', tags: [{ key: 'k', value: 'v'.repeat(100_001) }] }],
    ['POST set-tag', { name: 'a', key: 'k!', value: 'v' }],
    ['POST set-tag', { name: 'a', key: '../k', value: 'v' }],
    ['POST rename', { name: 'a' }],
    ['POST alias', { name: 'a', alias: 'two words', version: '1' }],
    ['POST alias', { name: 'a', alias: 'v1', version: '1' }],
    ['POST alias', { name: 'a', alias: 'Latest', version: '1' }],
    ['POST alias', { name: 'a', alias: 'x', version: 'one' }],
    ['DELETE delete', {}],
  ])('refuse %s of %j', async (line, body) => {
    await send('POST create', { name: 'a' });
    expect(await send(line, body)).toMatchObject(refused('INVALID_PARAMETER_VALUE'));
  });

  it.each([
    ['PATCH update', { description: 'd' }],
    ['POST rename', { new_name: 'x' }],
    ['DELETE delete', {}],
    ['POST set-tag', { key: 'k', value: 'v' }],
    ['DELETE delete-tag', { key: 'k' }],
    ['POST alias', { alias: 'a', version: '1' }],
    ['POST get-latest-versions', {}],
  ])('say that nothing is there for %s', async (line, fields) => {
    expect(await send(line, { name: 'none', ...fields })).toMatchObject(MISSING);
    expect(await read('get', { name: 'none' })).toMatchObject(MISSING);
  });

  it('get another description, other tags and another name, and are deleted', async () => {
    await send('POST create', { name: 'a' });
    await version('a');
    expect((await send('PATCH update', { name: 'a', description: 'new' })).body.registered_model).toMatchObject({
      description: 'new',
      latest_versions: [{ version: '1' }],
    });
    await send('POST set-tag', { name: 'a', key: 'k', value: 'v' });
    expect((await get('a')).tags).toEqual([{ key: 'k', value: 'v' }]);
    for (const _ of [1, 2])
      expect(await send('DELETE delete-tag', { name: 'a', key: 'k' })).toMatchObject({ status: 200 });
    expect(await get('a')).not.toHaveProperty('tags');
    const renamed = await send('POST rename', { name: 'a', new_name: 'b' });
    expect(renamed.body.registered_model).toMatchObject({ name: 'b', latest_versions: [{ name: 'b', version: '1' }] });
    expect(await read('get', { name: 'a' })).toMatchObject(MISSING);
    expect(await send('DELETE delete', { name: 'b' })).toMatchObject({ status: 200, body: {} });
    expect(await read('get', { name: 'b' })).toMatchObject(MISSING);
  });

  it('have aliases: an unknown one is bad input, latest is the newest version', async () => {
    await send('POST create', { name: 'a' });
    for (const _ of [1, 2]) await version('a');
    expect(await send('POST alias', { name: 'a', alias: 'champion', version: '1' })).toMatchObject({ status: 200 });
    const named = await read('alias', { name: 'a', alias: 'champion' });
    expect(named.body.model_version).toMatchObject({ version: '1', aliases: ['champion'] });
    expect((await read('alias', { name: 'a', alias: 'latest' })).body.model_version.version).toBe('2');
    expect((await get('a')).aliases).toEqual([{ alias: 'champion', version: '1' }]);
    expect(await send('POST alias', { name: 'a', alias: 'x', version: '9' })).toMatchObject(MISSING);
    for (const _ of [1, 2])
      expect(await send('DELETE alias', { name: 'a', alias: 'champion' })).toMatchObject({ status: 200 });
    expect(await read('alias', { name: 'a', alias: 'champion' })).toMatchObject(refused('INVALID_PARAMETER_VALUE'));
  });

  it('tell the newest version of each stage, or of some, by GET and POST', async () => {
    await send('POST create', { name: 'a' });
    for (const _ of [1, 2, 3]) await version('a');
    await call(at('POST model-versions/transition-stage'), { body: { name: 'a', version: '1', stage: 'Production' } });
    const versions = ({ body }: { body: { model_versions?: { version: string }[] } }) =>
      (body.model_versions ?? []).map(({ version }) => version);
    expect(versions(await send('POST get-latest-versions', { name: 'a' }))).toEqual(['1', '3']);
    expect(versions(await read('get-latest-versions', { name: 'a', stages: 'production' }))).toEqual(['1']);
    expect(versions(await read('get-latest-versions', { name: 'a', stages: ['NONE', 'staging'] }))).toEqual(['3']);
    const wrong = await read('get-latest-versions', { name: 'a', stages: 'prod' });
    expect(wrong.body.message).toBe(
      'Invalid Model Version stage: prod. Value must be one of None, Staging, Production, Archived.',
    );
  });

  it('are searched page by page, with the filter that clients add to hide prompts', async () => {
    for (const name of ['m1', 'm2', 'm3']) await send('POST create', { name });
    await send('POST create', { name: 'm4', tags: [{ key: 'mlflow.prompt.is_prompt', value: 'true' }] });
    const filter = "name LIKE 'm%' AND tag.`mlflow.prompt.is_prompt` != 'true'";
    const names = ({ body }: { body: { registered_models?: { name: string }[] } }) =>
      (body.registered_models ?? []).map(({ name }) => name);
    const first = await read('search', { filter, max_results: '2', order_by: 'name DESC' });
    expect(names(first)).toEqual(['m3', 'm2']);
    const page_token = first.body.next_page_token;
    const rest = await read('search', { filter, max_results: '2', order_by: 'name DESC', page_token });
    expect([names(rest), rest.body.next_page_token]).toEqual([['m1'], undefined]);
    for (const query of [{ max_results: '1001' }, { max_results: '0' }, { filter: 'x = 1' }, { page_token: '!' }])
      expect(await read('search', query as Record<string, string>)).toMatchObject(refused('INVALID_PARAMETER_VALUE'));
  });
});
