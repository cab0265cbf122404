import { describe, expect, it } from '@jest/globals';
import { model, outputs, platform } from './platform.ts';
import { until } from './processes.ts';

const { apiUrl, apiKey } = outputs();
const mlops = platform();

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${apiUrl}${path}`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
  });
const predict = (body: unknown) => post(`/predict/${model}`, typeof body === 'string' ? body : JSON.stringify(body));
/** Why a call was refused, undefined when it was not. */
const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );
const codeOf = async (response: Response) => ((await response.json()) as { error?: { code?: string } }).error?.code;

describe('a prediction', () => {
  it('answers with version, probability and the features used', async () => {
    const answer = await mlops.serving.predict({ path: { model }, body: { customer_id: 'C000002', age: 33 } });
    expect(answer).toMatchObject({ model_name: model, model_version: '2', features_used: { age: 33 } });
    expect(Object.keys(answer.features_used)).toHaveLength(16);
  });

  it('is sticky: the same customer gets the same answer', async () => {
    const ask = () => mlops.serving.predict({ path: { model }, body: { customer_id: 'C000003' } });
    const [first, second] = [await ask(), await ask()];
    expect(second).toMatchObject({ probability: first.probability, model_version: first.model_version });
    expect(second.prediction_id).not.toBe(first.prediction_id);
  });

  it('answers a batch row by row; a bad row does not sink the others', async () => {
    const rows = [{ customer_id: 'C000001' }, { customer_id: 'nobody' }, { customer_id: 'C000005' }];
    const { predictions } = await mlops.serving.predictBatch({ path: { model }, body: { rows } });
    expect(predictions.map((p) => ('error' in p ? p.error.code : 'ok'))).toEqual(['ok', 'ENTITY_NOT_FOUND', 'ok']);
  });

  it.each([
    ['an unknown entity', { customer_id: 'C999999' }, 404, 'ENTITY_NOT_FOUND'],
    ['no join key', { age: 30 }, 400, 'FIELD_MISSING'],
    ['a wrong type', { customer_id: 'C000001', age: 'old' }, 400, 'FIELD_TYPE_WRONG'],
    ['an unknown field', { customer_id: 'C000001', shoe_size: 43 }, 400, 'FIELD_UNKNOWN'],
    ['NaN', '{"customer_id":"C000001","age":NaN}', 400, 'FIELD_TYPE_WRONG'],
    ['a number beyond all', '{"customer_id":"C000001","age":1e999}', 400, 'FIELD_TYPE_WRONG'],
    ['text that is no JSON', '{"customer_id":', 400, 'INVALID_REQUEST'],
    ['a body that is too large', JSON.stringify({ customer_id: 'x'.repeat(2_000_000) }), 413, 'BODY_TOO_LARGE'],
  ])('refuses %s', async (_, body, status, code) => {
    const response = await predict(body);
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
  });

  it('refuses a model that nobody deployed', async () => {
    const response = await post('/predict/horoscope', '{"customer_id":"C000001"}');
    expect([response.status, await codeOf(response)]).toEqual([404, 'MODEL_NOT_SERVED']);
  });
});

describe('the API', () => {
  it.each(['/predict/churn', '/predict/churn/batch', '/pipelines/data/runs', '/projects'])(
    'wants a key at %s',
    async (path) => {
      const without = await fetch(`${apiUrl}${path}`, { method: 'POST', body: '{}' });
      // Whoever says himself who he is must not be believed.
      const forged = { 'x-caller-id': 'admin', 'x-caller-role': 'admin' };
      const wrong = await post(path, '{}', { authorization: 'Bearer mlp_nobody_nothing', ...forged });
      // The gateway's own answer, and the platform's.
      expect(without.status).toBe(401);
      expect([wrong.status, await codeOf(wrong)]).toEqual([401, 'UNAUTHENTICATED']);
    },
  );

  it('gives a role no more than it may, and nothing after it is revoked', async () => {
    const { apiKey: viewerKey, keyId } = await mlops.identity.createApiKey({ body: { name: 'e2e', role: 'viewer' } });
    const viewer = platform(viewerKey);
    await expect(viewer.registry.listModels({})).resolves.toMatchObject({ items: [{ name: model }] });
    await expect(
      viewer.pipelines.startPipeline({ path: { pipeline: 'data' }, body: { project: model } }),
    ).rejects.toMatchObject({
      status: 403,
      code: 'PERMISSION_DENIED',
    });
    await mlops.identity.revokeApiKey({ path: { keyId } });
    const { items } = await mlops.identity.listApiKeys({});
    expect(items.find((key) => key.keyId === keyId)?.revokedAt).toBeDefined();
    // The gateway keeps the authorizer's answer for a minute.
    const refusal = await until(() => refusalOf(viewer.registry.listModels({})), 'the key to be refused', 70_000);
    expect(refusal).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  }, 120_000);

  it('is healthy, and says so to anyone', async () => {
    const response = await fetch(`${apiUrl}/health`);
    expect(await response.json()).toMatchObject({ status: 'healthy' });
  });

  it('keeps the drift report as a page', async () => {
    const { items } = await mlops.monitoring.listReports({ path: { project: model } });
    const severe = items.find(({ verdict }) => verdict === 'severe');
    const path = { project: model, reportId: severe?.reportId ?? '' };
    const { htmlUrl } = await mlops.monitoring.getReport({ path });
    expect(await (await fetch(htmlUrl)).text()).toContain('avg_monthly_charges');
  });

  it('shows every pipeline run with its stages', async () => {
    const { items } = await mlops.pipelines.listPipelineRuns({ query: { project: model } });
    expect(new Set(items.map(({ pipeline }) => pipeline))).toEqual(
      // The emulator tells of no execution that another one starts and waits for: materialization is not among them.
      new Set(['data', 'training', 'deployment', 'monitoring']),
    );
  });
});
