import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { at, type MlflowCaller, mlflowDoors } from '../_shared/_mlflow.ts';

let call: MlflowCaller;
let run_id: string;
beforeEach(async () => {
  call = mlflowDoors().tracking;
  run_id = await newRun();
});

const newRun = async (): Promise<string> => (await call(at('POST runs/create'), { body: {} })).body.run.info.run_id;
const post = (operation: string, fields: object) => call(at(`POST runs/${operation}`), { body: { run_id, ...fields } });
const data = async () => (await call(at('GET runs/get'), { query: { run_id } })).body.run.data;
const history = async (metric_key: string, more = {}) =>
  (await call(at('GET metrics/get-history'), { query: { run_id, metric_key, ...more } })).body;
const refused = (error_code: string, status = 400) => ({ status, body: { error_code } });
const repeat = <T>(count: number, one: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => one(i));

interface Sent {
  readonly step: bigint;
  readonly timestamp: bigint;
  readonly value: number;
  readonly asText: boolean;
}
const metricJson = ({ step, timestamp, value, asText }: Sent): string => {
  const quote = asText ? '"' : '';
  const shown = Number.isFinite(value) && !asText ? JSON.stringify(value) : `"${value}"`;
  return `{"run_id":"${run_id}","key":"m","value":${shown},"timestamp":${quote}${timestamp}${quote},"step":${quote}${step}${quote}}`;
};
/** JSON.stringify and String write both zeros as 0. */
const asKept = (value: number): unknown =>
  Number.isNaN(value) ? 'NaN' : Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE) + 0;

const INT64 = 2n ** 63n;
const point = (i: number) => ({ key: 'm', value: i, timestamp: i, step: i });
const pair = (i: number) => ({ key: `k${i}`, value: 'v' });

describe("MLflow's logging", () => {
  it('keeps every step, timestamp and double, as a number or as text', async () => {
    const step = fc.bigInt({ min: -INT64, max: INT64 - 1n });
    const timestamp = fc.bigInt({ min: 0n, max: INT64 - 1n });
    await fc.assert(
      fc.asyncProperty(step, timestamp, fc.double(), fc.boolean(), async (step, timestamp, value, asText) => {
        run_id = await newRun();
        const raw = {
          body: metricJson({ step, timestamp, value, asText }),
          headers: { 'content-type': 'application/json' },
        };
        expect(await call(at('POST runs/log-metric'), { raw })).toMatchObject({ status: 200, body: {} });
        const [kept] = (await history('m')).metrics;
        expect([BigInt(kept.step), BigInt(kept.timestamp)]).toEqual([step, timestamp]);
        expect(Number.isNaN(value) ? kept.value : Number(kept.value)).toBe(asKept(value));
      }),
      { numRuns: 60 },
    );
  });

  it('answers the latest point of a metric: greatest step, then time', async () => {
    for (const [value, timestamp, step] of [
      [1, 9, 1],
      [2, 1, 2],
      [3, 5, 2],
    ])
      await post('log-metric', { key: 'm', value, timestamp, step });
    expect((await data()).metrics).toEqual([{ key: 'm', value: 3, timestamp: 5, step: 2 }]);
    expect((await history('m')).metrics.map(({ value }: { value: number }) => value)).toEqual([2, 3, 1]);
  });

  it('stores a point that is sent twice once', async () => {
    for (const _ of [1, 2]) await post('log-metric', { key: 'm', value: 1, timestamp: 1 });
    expect((await history('m')).metrics).toHaveLength(1);
  });

  it('gives a history by pages, or all of it when none is asked for', async () => {
    await post('log-batch', { metrics: repeat(5, point) });
    expect((await history('m')).metrics).toHaveLength(5);
    const first = await history('m', { max_results: '3' });
    expect(first.metrics).toHaveLength(3);
    const rest = await history('m', { max_results: '3', page_token: first.next_page_token });
    expect([rest.metrics.length, rest.next_page_token]).toEqual([2, undefined]);
    expect(await history('none')).toEqual({});
    const nobody = { run_id: 'f'.repeat(32), metric_key: 'm' };
    expect(await call(at('GET metrics/get-history'), { query: nobody })).toMatchObject({ status: 200, body: {} });
    const none = { run_id, metric_key: 'm', max_results: '0' };
    expect(await call(at('GET metrics/get-history'), { query: none })).toMatchObject(
      refused('INVALID_PARAMETER_VALUE'),
    );
  });

  it('takes a parameter again with the same value, and no other', async () => {
    for (const _ of [1, 2])
      expect(await post('log-parameter', { key: 'p', value: '1' })).toMatchObject({ status: 200 });
    expect(await post('log-parameter', { key: 'p', value: '2' })).toMatchObject(refused('INVALID_PARAMETER_VALUE'));
    expect((await data()).params).toEqual([{ key: 'p', value: '1' }]);
  });

  it('cuts values that are too long', async () => {
    await post('log-parameter', { key: 'p', value: 'x'.repeat(6_001) });
    await post('set-tag', { key: 't', value: 'x'.repeat(8_001) });
    const { params, tags } = await data();
    expect(params[0].value).toHaveLength(6_000);
    expect(tags.find(({ key }: { key: string }) => key === 't').value).toHaveLength(8_000);
  });

  it('sets a tag, changes it, takes it away, and tells when it is gone', async () => {
    for (const value of ['1', '2']) await post('set-tag', { key: 'a.b/c d', value });
    expect((await data()).tags).toContainEqual({ key: 'a.b/c d', value: '2' });
    expect(await post('delete-tag', { key: 'a.b/c d' })).toMatchObject({ status: 200, body: {} });
    expect(await post('delete-tag', { key: 'a.b/c d' })).toMatchObject(refused('RESOURCE_DOES_NOT_EXIST', 404));
  });

  it('takes a full batch', async () => {
    const batch = { metrics: repeat(800, point), params: repeat(100, pair), tags: repeat(100, pair) };
    expect(await post('log-batch', batch)).toMatchObject({ status: 200, body: {} });
    const { params, tags } = await data();
    expect([params.length, tags.length, (await history('m')).metrics.length]).toEqual([100, 101, 800]);
  });

  const more = 'A batch logging request can contain at most';
  it.each([
    [{ metrics: repeat(1_001, point) }, `${more} 1000 metrics. Got 1001 metrics.`],
    [{ params: repeat(101, pair) }, `${more} 100 params. Got 101 params.`],
    [{ tags: repeat(101, pair) }, `${more} 100 tags. Got 101 tags.`],
    [{ metrics: repeat(950, point), tags: repeat(51, pair) }, `${more} 1000 metrics, params, and tags. Got 1001`],
    [{ params: [pair(1), pair(1)] }, 'Duplicate parameter keys have been submitted: k1.'],
    [{ metrics: [{ key: 'a', value: 1 }] }, "Missing value for required parameter 'metrics[0].timestamp'."],
    [{ params: [pair(1), { value: 'x' }] }, "Missing value for required parameter 'params[1].key'."],
    [{ metrics: [point(1), { ...point(1), key: 'a;b' }] }, 'may only contain'],
    [{ metrics: [{ ...point(1), timestamp: -1 }] }, 'nonnegative'],
    [{ metrics: [{ ...point(1), key: 'k'.repeat(251) }] }, '250'],
    [{ tags: {} }, "Invalid value {} for parameter 'tags' supplied"],
  ])('refuses a wrong batch and writes nothing of it (%#)', async (fields, told) => {
    const answer = await post('log-batch', { tags: [{ key: 'never', value: '1' }], ...fields });
    expect(answer).toMatchObject(refused('INVALID_PARAMETER_VALUE'));
    expect(answer.body.message).toContain(told);
    expect(await data()).toEqual({ tags: [{ key: 'mlflow.runName', value: expect.any(String) }] });
  });

  it('writes nothing of a batch that changes a parameter', async () => {
    await post('log-parameter', { key: 'p', value: '1' });
    const batch = { params: [{ key: 'p', value: '2' }], metrics: [point(1)], tags: [pair(1)] };
    expect(await post('log-batch', batch)).toMatchObject(refused('INVALID_PARAMETER_VALUE'));
    expect(await history('m')).toEqual({});
    expect((await data()).tags).toHaveLength(1);
  });

  it('of a run that is not there says so', async () => {
    run_id = 'f'.repeat(32);
    for (const [operation, fields] of [
      ['log-metric', point(1)],
      ['log-parameter', pair(1)],
      ['set-tag', pair(1)],
      ['delete-tag', pair(1)],
      ['log-batch', {}],
    ] as const)
      expect(await post(operation, fields)).toMatchObject(refused('RESOURCE_DOES_NOT_EXIST', 404));
  });
});

describe("MLflow's list of models that a run logged", () => {
  const modelJson = (artifact_path: string) =>
    JSON.stringify({
      run_id,
      artifact_path,
      utc_time_created: 't',
      flavors: { python_function: { env: 'e', config: { big: 1 } } },
      signature: 'left out',
    });
  const tag = async () => {
    const { tags } = await data();
    return JSON.parse(tags.find(({ key }: { key: string }) => key === 'mlflow.log-model.history')?.value ?? 'null');
  };

  it('holds each once, without what only loading needs', async () => {
    for (const path of ['a', 'a', 'b']) await post('log-model', { model_json: modelJson(path) });
    const flavors = { python_function: { env: 'e' } };
    expect(await tag()).toEqual(
      ['a', 'b'].map((artifact_path) => ({ run_id, artifact_path, utc_time_created: 't', flavors })),
    );
  });

  it('stays JSON: the oldest go when it grows too long', async () => {
    for (const i of repeat(80, (i) => i)) await post('log-model', { model_json: modelJson(`model-${i}`) });
    const paths = (await tag()).map(({ artifact_path }: { artifact_path: string }) => artifact_path);
    expect(paths.at(-1)).toBe('model-79');
    expect(paths).not.toContain('model-0');
  });

  it('loses none of those that are logged at once', async () => {
    const paths = repeat(20, (i) => `model-${i}`);
    await Promise.all(paths.map((path) => post('log-model', { model_json: modelJson(path) })));
    const logged = (await tag()).map(({ artifact_path }: { artifact_path: string }) => artifact_path);
    expect(logged.sort()).toEqual(paths.sort());
  });

  it('leaves out what has no room in it, whole', async () => {
    await post('log-model', { model_json: modelJson('a') });
    expect(await post('log-model', { model_json: modelJson('b'.repeat(9_000)) })).toMatchObject({ status: 200 });
    expect(await tag()).toMatchObject([{ artifact_path: 'a' }]);
  });

  it('stays JSON when somebody wrote something else there', async () => {
    await post('set-tag', { key: 'mlflow.log-model.history', value: `${'['.repeat(8_000)}` });
    await post('log-model', { model_json: modelJson('a') });
    expect(await tag()).toMatchObject([{ artifact_path: 'a' }]);
  });

  const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  it.each([
    [`{"flavors":{"x":${nested}}}`, 'nested deeper than 100 levels'],
    ['{', 'is not a valid JSON'],
    ['{"artifact_path":"a"}', 'missing mandatory fields: run_id, utc_time_created, flavors'],
  ])('refuses %s', async (model_json, told) => {
    const answer = await post('log-model', { model_json });
    expect(answer).toMatchObject(refused('INVALID_PARAMETER_VALUE'));
    expect(answer.body.message).toContain(told);
  });
});
