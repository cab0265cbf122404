import { beforeAll, describe, expect, it } from '@jest/globals';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { getMetricHistory, getRun, logBatch, searchRuns } from '#core/tracking/index.ts';
import { batch, nextId, point, someRun } from '#test/adapters/tracking-samples.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';

const numbers = Array.from({ length: 1_000 }, (_, i) => i);
const texts = (what: string, count = 100) =>
  Object.fromEntries(numbers.slice(0, count).map((i) => [`${what} ${i}`, `value ${i}`]));

describe('what the tracking store asks of DynamoDB', () => {
  let tracking: ReturnType<typeof dynamoTrackingStore>;
  const requests: string[] = [];
  beforeAll(async () => {
    const { documents, freshTable } = await emulator();
    tracking = dynamoTrackingStore(documents, await freshTable('pk', 'sk'));
    documents.middlewareStack.add(
      (next, context) => (args) => {
        requests.push(String((context as { commandName?: string }).commandName));
        return next(args);
      },
      { step: 'initialize' },
    );
  }, EMULATOR_START_MS);

  const cost = async (work: () => Promise<unknown>): Promise<Record<string, number>> => {
    requests.length = 0;
    await work();
    return Object.fromEntries([...Map.groupBy(requests, (name) => name)].map(([name, all]) => [name, all.length]));
  };
  const total = (counted: Record<string, number>): number => Object.values(counted).reduce((a, b) => a + b, 0);
  // Keeps the first look-up of the run's place, as a new process pays it.
  const fresh = async (experimentId = '1'): Promise<string> =>
    (await tracking.createRun(someRun(experimentId))).info.runId;

  it('writes a full batch of one metric in six requests, 100 params all or none', async () => {
    const runId = await fresh();
    const full = batch(
      numbers.map((i) => point('loss', i)),
      texts('p'),
      texts('t'),
    );
    const counted = await cost(() => logBatch({ tracking }, runId, full));
    expect(counted).toEqual({
      GetItemCommand: 2,
      BatchGetItemCommand: 1,
      UpdateItemCommand: 2,
      BatchWriteItemCommand: 1,
    });
  });

  it('writes a point in four requests, and reads nothing of the run but whether it may', async () => {
    const runId = await fresh();
    const counted = await cost(() => logBatch({ tracking }, runId, batch([point('loss', 1)])));
    expect(counted).toEqual({
      GetItemCommand: 1,
      BatchGetItemCommand: 1,
      UpdateItemCommand: 1,
      BatchWriteItemCommand: 1,
    });
  });

  it('writes a thousand metrics in less than thirty requests, not a thousand', async () => {
    const runId = await fresh();
    const metrics = numbers.map((i) => point(`layer ${i}`, i));
    expect(total(await cost(() => logBatch({ tracking }, runId, batch(metrics))))).toBeLessThan(30);
  });

  it('reads a run in two requests', async () => {
    const runId = await fresh();
    await logBatch({ tracking }, runId, batch([point('auc', 1), point('loss', 1)], texts('p', 20), texts('t', 20)));
    await getRun({ tracking }, runId);
    expect(await cost(() => getRun({ tracking }, runId))).toEqual({ BatchGetItemCommand: 1 });
  });

  it('goes on with a history where the page before ended', async () => {
    const runId = await fresh();
    for (let at = 0; at < 1_000; at += 20)
      await logBatch({ tracking }, runId, batch(numbers.slice(at, at + 20).map((i) => point('loss', i))));
    let pageToken: string | undefined;
    for (let page = 0; page < 10; page++) {
      const counted = await cost(async () => {
        const got = await getMetricHistory({ tracking }, { runId, key: 'loss', maxResults: 100, pageToken });
        expect(got.items).toHaveLength(100);
        pageToken = got.nextPageToken;
      });
      expect(counted).toMatchObject({ QueryCommand: 1 });
    }
    expect(pageToken).toBeUndefined();
  });

  it('searches with one range a shard for what the filter and order read, then fetches the page', async () => {
    const experimentId = nextId();
    for (let i = 0; i < 20; i++) {
      const runId = await fresh(experimentId);
      await logBatch({ tracking }, runId, batch([point('auc', i), point('loss', -i)], texts('p', 3)));
    }
    const request = { experimentIds: [experimentId], view: 'ACTIVE_ONLY' as const, maxResults: 10 };
    const newest = await cost(() => searchRuns({ tracking }, request));
    expect(newest).toEqual({ GetItemCommand: 4, QueryCommand: 4, BatchGetItemCommand: 1 });
    const search = { ...request, filter: 'metrics.auc > 3', orderBy: ['metrics.loss ASC'] };
    const ordered = await cost(() => searchRuns({ tracking }, search));
    expect(ordered).toEqual({ GetItemCommand: 4, QueryCommand: 8, BatchGetItemCommand: 1 });
  });
});
