import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mlopsClient } from '#sdk/index.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** When each of two tries is made, where the first is refused with these headers. */
const triesMs = async (headers: Record<string, string>): Promise<number[]> => {
  const began = Date.now();
  const tries: number[] = [];
  const fetch = async (): Promise<Response> => {
    tries.push(Date.now() - began);
    if (tries.length > 1) return Response.json({ predictions: [] });
    return Response.json({ error: { code: 'QUEUE_FULL', message: 'full' } }, { status: 429, headers });
  };
  const { serving } = mlopsClient({ apiUrl: 'http://platform', apiKey: 'k', fetch: fetch as typeof globalThis.fetch });
  const answered = serving.predictBatch({ path: { model: 'churn' }, body: { rows: [{ id: 1 }] } });
  await jest.advanceTimersByTimeAsync(60_000);
  await answered;
  return tries;
};

describe('a refusal that says when to come again', () => {
  it.each([
    ['2', 2_000],
    ['3600', 10_000],
    ['0', 0],
    ['Sun, 22 Nov 2026 03:00:00 GMT', 0],
  ])('Retry-After: %s is waited for, within reason, and a little by chance', async (after, leastMs) => {
    const [, second = 0] = await triesMs({ 'retry-after': after });
    expect(second).toBeGreaterThanOrEqual(leastMs);
    expect(second).toBeLessThanOrEqual(leastMs + 401);
  });
});
