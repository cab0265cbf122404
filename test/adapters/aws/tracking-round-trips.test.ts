import { beforeAll, describe, expect, it } from '@jest/globals';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { logBatch } from '#core/tracking/index.ts';
import { someRun } from '#test/adapters/tracking-store-contract.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';

const numbers = Array.from({ length: 1_000 }, (_, i) => i);
const texts = (what: string) => Object.fromEntries(numbers.slice(0, 100).map((i) => [`${what} ${i}`, `value ${i}`]));

describe('a full batch on DynamoDB', () => {
  let store: ReturnType<typeof dynamoTrackingStore>;
  const requests: string[] = [];
  beforeAll(async () => {
    const { documents, freshTable } = await emulator();
    store = dynamoTrackingStore(documents, await freshTable('pk', 'sk'));
    documents.middlewareStack.add(
      (next, context) => (args) => {
        requests.push(String((context as { commandName?: string }).commandName));
        return next(args);
      },
      { step: 'initialize' },
    );
  }, EMULATOR_START_MS);

  const cost = async (keyOf: (i: number) => string): Promise<Record<string, number>> => {
    const { info } = await store.createRun(someRun('1'));
    requests.length = 0;
    // Keeps the first look-up of the run's place, as a new process pays it.
    const metrics = numbers.map((i) => ({ key: keyOf(i), step: i, timestampMs: i, value: i }));
    await logBatch({ tracking: store }, info.runId, { metrics, params: texts('p'), tags: texts('t') });
    return Object.fromEntries([...Map.groupBy(requests, (name) => name)].map(([name, all]) => [name, all.length]));
  };

  it('of one metric is nine requests', async () => {
    const counted = await cost(() => 'loss');
    const total = Object.values(counted).reduce((a, b) => a + b);
    expect(counted).toMatchObject({ TransactWriteItemsCommand: 1, UpdateItemCommand: 1 });
    expect(total).toBeLessThanOrEqual(9);
  });

  it('of a thousand metrics stays below forty, not a thousand', async () => {
    const counted = await cost((i) => `layer ${i}`);
    expect(Object.values(counted).reduce((a, b) => a + b)).toBeLessThan(40);
  });
});
