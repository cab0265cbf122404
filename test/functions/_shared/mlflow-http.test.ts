import { Buffer } from 'node:buffer';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  bool,
  double,
  int64,
  list,
  type MlflowRoutes,
  message,
  oneOf,
  required,
  text,
} from '#contracts/mlflow/wire.ts';
import { roles } from '#contracts/routes.ts';
import { mlflowCallOn } from './_mlflow.ts';

const { mlflowApi } = await import('../../../functions/_shared/mlflow-http.ts');
const { HttpReply } = await import('../../../functions/_shared/mlflow-reply.ts');

const routes = {
  echo: {
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    path: '/api/2.0/mlflow/echo',
    role: 'scientist',
    request: {
      name: required,
      step: int64.optional(),
      value: double.optional(),
      is_on: bool.optional(),
      status: oneOf(['A', 'B']).optional(),
      order_by: list(text),
      points: list(message({ key: required, value: double })),
      run_id: text.optional(),
    },
  },
  file: { methods: ['GET'], path: '/api/2.0/mlflow-artifacts/artifacts/{path+}', role: 'viewer' },
  one: { methods: ['GET'], path: '/api/2.0/mlflow/things/{id}', role: 'viewer', request: {} },
  named: { methods: ['GET'], path: '/api/2.0/mlflow/things/named', role: 'viewer', request: {} },
  open: { methods: ['GET'], path: '/open', request: {} },
} as const satisfies MlflowRoutes;

let seen: unknown;

const call = mlflowCallOn(
  mlflowApi(routes, {
    echo: async ({ message }) => {
      seen = message;
      return message;
    },
    file: async ({ path, call: { rawQuery } }) =>
      new HttpReply({ statusCode: 200, headers: { 'content-type': 'text/plain' }, body: `${path.path}?${rawQuery}` }),
    one: async ({ path }) => path,
    named: async () => ({ named: true }),
    open: async ({ caller }) => ({ caller: caller.id }),
  }),
);
const ECHO = '/api/2.0/mlflow/echo';
const post = (body: unknown, raw = {}) => call(`POST ${ECHO}`, { body, raw });

beforeEach(() => {
  seen = undefined;
});

describe('mlflowApi reads a message', () => {
  it('from the JSON body, with 64-bit integers, NaN and infinities as numbers or text', async () => {
    const body =
      '{"name":"a","step":9007199254740993,"value":NaN,"points":[{"key":"k","value":"-Infinity"},{"key":"l","value":"1e2"}]}';
    await call(`POST ${ECHO}`, { raw: { body, headers: { 'content-type': 'application/json; charset=utf-8' } } });
    expect(seen).toEqual({
      name: 'a',
      step: 9007199254740993n,
      value: Number.NaN,
      order_by: [],
      points: [
        { key: 'k', value: Number.NEGATIVE_INFINITY },
        { key: 'l', value: 100 },
      ],
    });
    await post({ name: 'a', step: '-9223372036854775808', value: '2.5' });
    expect(seen).toMatchObject({ step: -9223372036854775808n, value: 2.5 });
  });

  it('from the query, where one value of a list is a list and + is a blank', async () => {
    await call(`GET ${ECHO}`, { query: 'name=a+b%2C%22c%25&step=12&is_on=True&order_by=x+DESC&name=second&points=' });
    expect(seen).toBeUndefined();
    await call(`GET ${ECHO}`, { query: 'name=a+b%2C%22c%25&step=12&is_on=True&order_by=x+DESC&name=second&value=NaN' });
    expect(seen).toMatchObject({ name: 'a b,"c%', step: 12, is_on: true, order_by: ['x DESC'], value: Number.NaN });
    await call(`GET ${ECHO}`, { query: 'name=a&order_by=x&order_by=y%2Cz' });
    expect(seen).toMatchObject({ order_by: ['x', 'y,z'] });
  });

  it('with unknown fields passed over, null for unset, camelCase names, enums by number, texts encoded twice', async () => {
    await post({ name: 'a', what: 1, step: null, orderBy: ['x'], status: 2 });
    expect(seen).toEqual({ name: 'a', order_by: ['x'], status: 'B', points: [] });
    await post(JSON.stringify({ name: 'twice' }));
    expect(seen).toMatchObject({ name: 'twice' });
  });

  it("with a run's id under either of its names", async () => {
    await post({ name: 'a', run_uuid: 'u' });
    expect(seen).toMatchObject({ run_id: 'u' });
    await post({ name: 'a', run_uuid: 'u', run_id: 'i' });
    expect(seen).toMatchObject({ run_id: 'i' });
    await call(`GET ${ECHO}`, { query: 'name=a&run_uuid=u' });
    expect(seen).toMatchObject({ run_id: 'u' });
  });

  it.each(['constructor', '__proto__', 'toString', 'maybe'])(
    'and refuses %s where true or false belongs',
    async (word) => {
      const answer = await call(`GET ${ECHO}`, { query: { name: 'a', is_on: word } });
      expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
      expect(answer.body.message).toContain(`Invalid value "${word}" for parameter 'is_on'`);
    },
  );

  it.each(['PATCH', 'DELETE'])('from the body of %s', async (method) => {
    expect(await call(`${method} ${ECHO}`, { body: { name: 'a' } })).toMatchObject({
      status: 200,
      body: { name: 'a' },
    });
  });

  it('and refuses what is nested nearly too deep to be read', async () => {
    for (let depth = 1_500; depth < 3_000; depth += 100) {
      const body = `{"name":${'['.repeat(depth)}${']'.repeat(depth)}}`;
      const answer = await call(`POST ${ECHO}`, { raw: { headers: { 'content-type': 'application/json' }, body } });
      expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
    }
  });

  const type = (name: string) => ` Hint: Value was of type '${name}'. See the API docs`;
  it.each([
    [{}, "Missing value for required parameter 'name'. See the API docs"],
    [{ name: '' }, "Missing value for required parameter 'name'."],
    [{ name: 5 }, `Invalid value 5 for parameter 'name' supplied: ${type('int')}`],
    [{ name: 'a', step: 1.5 }, `Invalid value 1.5 for parameter 'step' supplied: ${type('float')}`],
    [{ name: 'a', step: 'x' }, `Invalid value "x" for parameter 'step' supplied: ${type('str')}`],
    [{ name: 'a', step: '9223372036854775808' }, "for parameter 'step'"],
    [{ name: 'a', value: 'nought' }, `Invalid value "nought" for parameter 'value' supplied: ${type('str')}`],
    [{ name: 'a', value: true }, `Invalid value true for parameter 'value' supplied: ${type('bool')}`],
    [{ name: 'a', is_on: 'true' }, `Invalid value "true" for parameter 'is_on' supplied: ${type('str')}`],
    [{ name: 'a', status: 'C' }, `Invalid value "C" for parameter 'status' supplied: ${type('str')}`],
    [{ name: 'a', order_by: 'x' }, `Invalid value "x" for parameter 'order_by' supplied: ${type('str')}`],
    [{ name: 'a', points: {} }, `Invalid value {} for parameter 'points' supplied: ${type('dict')}`],
    [{ name: 'a', points: [{ key: 'a', value: 1 }, { value: 1 }] }, "required parameter 'points[1].key'"],
    [[1], 'the body must be a JSON object, got [1]'],
  ])('and refuses %j by the name of the field', async (body, told) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
    expect(answer.body.message).toContain(told);
  });

  it.each([
    ['cut short', { body: '{"name":' }],
    ['not UTF-8', { body: Buffer.from([0x22, 0xff, 0x22]) }],
    ['nested too deep', { body: `${'['.repeat(200_000)}${']'.repeat(200_000)}` }],
  ])('and refuses JSON that is %s', async (_, raw) => {
    const answer = await call(`POST ${ECHO}`, { raw: { headers: { 'content-type': 'application/json' }, ...raw } });
    expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
    expect(answer.body.message).toContain('the body is not JSON');
  });

  it.each([[{ 'content-type': 'text/plain' }], [{}]])('and refuses a body of type %j', async (headers) => {
    const answer = await call(`POST ${ECHO}`, { raw: { headers, body: '{"name":"a"}' } });
    expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
    expect(answer.body.message).toContain('Bad Request. Content-Type');
  });

  it('and refuses a body above 5 MB with 413 and the remedy', async () => {
    const answer = await post({ name: 'x'.repeat(5 * 1024 * 1024) });
    expect(answer).toMatchObject({ status: 413, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
    expect(answer.body.message).toContain('send it in smaller parts');
  });
});

describe('mlflowApi finds the operation', () => {
  it.each([
    ['/api/2.0/mlflow/things/7', { id: '7' }],
    ['/ajax-api/2.0/mlflow/things/7', { id: '7' }],
    ['/base/path/api/2.0/mlflow/things/7', { id: '7' }],
    ['/api/2.0/mlflow/things/named', { named: true }],
    ['/api/2.0/mlflow/things/a%20%C3%A9%2525', { id: 'a é%25' }],
  ])('%s', async (path, body) => {
    expect(await call(`GET ${path}`)).toMatchObject({ status: 200, body });
    expect(await call(`GET ${path}`, { raw: { stage: 'prod' } })).toMatchObject({ status: 200, body });
  });

  it('and hands on the rest of a path decoded once, whatever it holds', async () => {
    const name = 'a/100%+#?&é/api/2.0/mlflow/x y%20.txt';
    const path = `/api/2.0/mlflow-artifacts/artifacts/${encodeURI(name).replaceAll('#', '%23').replaceAll('?', '%3F')}`;
    expect((await call(`GET ${path}`, { query: 'q=1' })).body).toBe(`${name}?q=1`);
  });

  it.each([
    ['GET /api/2.0/mlflow/nothing', 404],
    ['GET /api/2.0/mlflow/things/', 404],
    ['GET /api/3.0/mlflow/traces/search', 404],
    ['POST /api/2.0/mlflow/things/7', 405],
  ])('and has none for %s', async (line, status) => {
    expect(await call(line)).toMatchObject({ status, body: { error_code: 'ENDPOINT_NOT_FOUND' } });
  });

  it('and lets in who has the role or a higher one, before it looks at the message', async () => {
    const statuses = await Promise.all(
      [...roles, 'nobody'].map(async (role) => (await call(`POST ${ECHO}`, { body: {}, role })).status),
    );
    expect(statuses).toEqual([403, 400, 400, 400, 401]);
    expect(await call('GET /open', { raw: { caller: null } })).toMatchObject({ body: { caller: 'anonymous' } });
  });
});
