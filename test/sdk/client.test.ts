import { describe, expect, it } from '@jest/globals';
import { mlopsClient, PlatformRequestError } from '#sdk/index.ts';

type Answer = { status: number; body: unknown } | Error;

/** A platform that answers from a list and remembers what it was asked. */
const scripted = (...answers: Answer[]) => {
  const asked: { url: string; init: RequestInit }[] = [];
  const fetch = async (url: string, init: RequestInit) => {
    asked.push({ url, init });
    const answer = answers.shift() ?? new Error('nothing left to answer');
    if (answer instanceof Error) throw answer;
    return new Response(JSON.stringify(answer.body), { status: answer.status });
  };
  const mlops = mlopsClient({ apiUrl: 'http://platform/', apiKey: 'secret', fetch: fetch as typeof globalThis.fetch });
  return { mlops, asked };
};

const refusal = (code: string) => ({ error: { code, message: `because ${code}` } });

describe('mlopsClient', () => {
  it('fills paths and queries, sends the key and the body', async () => {
    const { mlops, asked } = scripted(
      { status: 200, body: { items: [] } },
      { status: 200, body: { probability: 0.5 } },
    );
    await mlops.registry.listVersions({ path: { name: 'a b' }, query: { maxResults: 5 } });
    await mlops.serving.predict({ path: { model: 'churn' }, body: { customer_id: 'C1' } });
    expect(asked[0]?.url).toBe('http://platform/models/a%20b/versions?maxResults=5');
    expect(asked[0]?.init.headers).toMatchObject({ authorization: 'Bearer secret' });
    expect(asked[1]?.init).toMatchObject({ method: 'POST', body: '{"customer_id":"C1"}' });
  });

  it('sends a list as its name again and again', async () => {
    const { mlops, asked } = scripted({ status: 200, body: { items: [] } });
    const query = { maxResults: 5, orderBy: ['metrics.auc DESC', 'params.a,b'] };
    await mlops.tracking.listRuns({ path: { experimentId: '1' }, query: query as object });
    expect(new URL(asked[0]?.url ?? '').searchParams.getAll('orderBy')).toEqual(query.orderBy);
  });

  it('asks for explanations, and tells what became of a prediction, again when nobody answered', async () => {
    const { mlops, asked } = scripted(
      { status: 200, body: { prediction: 'stays' } },
      new Error('reset'),
      { status: 202, body: { accepted: 1, model: 'churn' } },
      { status: 200, body: { labelled: 1 } },
    );
    await mlops.serving.predict({ path: { model: 'churn' }, query: { explain: 'true', top: 3 }, body: { id: 1 } });
    const labels = [{ prediction_id: '01J', label: 'churned' }];
    expect(await mlops.labels.postLabels({ body: { model: 'churn', labels } })).toEqual({
      accepted: 1,
      model: 'churn',
    });
    await mlops.labels.getLabelCoverage({ path: { name: 'churn' }, query: { start: '2026-01-01T00:00:00Z' } });
    expect(asked.map(({ url }) => url.replace('http://platform', ''))).toEqual([
      '/predict/churn?explain=true&top=3',
      '/labels',
      '/labels',
      '/models/churn/labels?start=2026-01-01T00%3A00%3A00Z',
    ]);
  });

  it('throws the refusal with its code', async () => {
    const { mlops } = scripted({ status: 404, body: refusal('MODEL_NOT_SERVED') });
    const failed = mlops.serving.predict({ path: { model: 'fraud' }, body: {} });
    await expect(failed).rejects.toMatchObject({
      code: 'MODEL_NOT_SERVED',
      status: 404,
      message: 'because MODEL_NOT_SERVED',
    });
  });

  it('sends nothing for a name that the contract does not allow, and says what is allowed', async () => {
    const { mlops, asked } = scripted();
    const refusedAs = (message: RegExp) => ({ code: 'INVALID_REQUEST', message: expect.stringMatching(message) });
    for (const model of ['../x', 'Churn', 'c', ''])
      await expect(mlops.serving.predict({ path: { model }, body: {} })).rejects.toMatchObject(
        refusedAs(/^model must be 2 to 63 characters: lower-case letters.*, got "/),
      );
    await expect(mlops.monitoring.listReports({ path: { project: 'a/b' } })).rejects.toMatchObject(
      refusedAs(/^project must be .*, got "a\/b"$/),
    );
    for (const name of ['', '.', '..'])
      await expect(mlops.registry.getModel({ path: { name } })).rejects.toMatchObject(
        refusedAs(/^name must be a name, got "\.{0,2}"$/),
      );
    expect(asked).toHaveLength(0);
  });

  it('asks again while the platform is busy, and then stops', async () => {
    const busy = { status: 503, body: refusal('UNAVAILABLE') };
    const { mlops, asked } = scripted(busy, { status: 200, body: { status: 'healthy' } });
    await mlops.pipelines.health({});
    expect(asked).toHaveLength(2);
    const dead = scripted(busy, busy, busy, busy, busy);
    await expect(dead.mlops.pipelines.health({})).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(dead.asked).toHaveLength(4);
  });

  it('never sends a write twice when nobody answered', async () => {
    const { mlops, asked } = scripted(new Error('reset'), { status: 200, body: {} });
    const failed = mlops.pipelines.startPipeline({ path: { pipeline: 'data' }, body: { project: 'churn' } });
    await expect(failed).rejects.toBeInstanceOf(PlatformRequestError);
    expect(asked).toHaveLength(1);
  });

  it('sends a write again only when it was refused before it did anything, or may come twice', async () => {
    const busy = { status: 503, body: refusal('UNAVAILABLE') };
    const start = { path: { pipeline: 'data' as const }, body: { project: 'churn' } };
    const unsure = scripted(busy, { status: 202, body: { runId: 'data.1' } });
    await expect(unsure.mlops.pipelines.startPipeline(start)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(unsure.asked).toHaveLength(1);

    const limited = scripted({ status: 429, body: {} }, { status: 202, body: { runId: 'data.1' } });
    await limited.mlops.pipelines.startPipeline(start);
    expect(limited.asked).toHaveLength(2);

    const predict = scripted(busy, new Error('reset'), { status: 200, body: { probability: 0.5 } });
    await predict.mlops.serving.predict({ path: { model: 'churn' }, body: {} });
    expect(predict.asked).toHaveLength(3);
  });

  it.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'UNAUTHENTICATED'],
    [404, 'ROUTE_NOT_FOUND'],
    [429, 'RATE_LIMITED'],
    [502, 'UNAVAILABLE'],
  ])('names an answer of the gateway itself: %i is %s', async (status, code) => {
    const { mlops } = scripted(...Array.from({ length: 4 }, () => ({ status, body: { message: 'no' } })));
    await expect(mlops.registry.listModels({})).rejects.toMatchObject({ status, code });
  });

  it('keeps a reply that is not the platform’s as it came', async () => {
    const { mlops } = scripted({ status: 502, body: 'bad gateway' });
    await expect(mlops.registry.listModels({})).rejects.toMatchObject({
      status: 502,
      message: expect.stringContaining('bad gateway') as unknown,
    });
  });
});
