import {
  BatchGetItemCommand,
  DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { dynamoOnlineTable } from '#adapters/aws/dynamo-online-table.ts';
import type { OnlineRow } from '#contracts/online.ts';
import { inBatches, keyOf, onlineTableContract, row } from '#test/core/features/online-table-contract.ts';
import { EMULATOR_START_MS, type Emulator, emulator } from '#test/helpers/emulator.ts';

onlineTableContract('DynamoDB', async () => {
  const { documents, freshTable } = await emulator();
  return dynamoOnlineTable(documents, await freshTable('pk'));
});

const LONG = 1_900_000_000;
const lived = (entity: string, n: number, { view, ttl }: { view: string; ttl: number | undefined }): OnlineRow => {
  const { expiresAt: _, ...forEver } = row(entity, view, n);
  return ttl === undefined ? forEver : { ...forEver, expiresAt: LONG + ttl };
};

describe('items of the online table in DynamoDB', () => {
  let cloud: Emulator;
  let name: string;
  beforeAll(async () => {
    cloud = await emulator();
    name = await cloud.freshTable('pk');
  }, EMULATOR_START_MS);
  const put = (...rows: OnlineRow[]) => dynamoOnlineTable(cloud.documents, name).putNewer(inBatches(rows));
  const expiryOf = async (entity: string): Promise<unknown> => {
    const { Item } = await cloud.documents.send(new GetCommand({ TableName: name, Key: { pk: keyOf(entity) } }));
    return Item?.expiresAt;
  };

  it('live as long as the longest of their views, in whichever order they are written', async () => {
    let series = 0;
    const ttl = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined });
    const write = fc.record({ view: fc.constantFrom('a', 'b', 'c'), ttl });
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 6 }), async (writes) => {
        const entity = `life-${series++}`;
        for (const [i, one] of writes.entries()) await put(lived(entity, i + 1, one));
        const found = await expiryOf(entity);
        const ttls = [...new Map(writes.map(({ view, ttl }) => [view, ttl])).values()];
        // A view that lives shorter than before may leave the item a little longer: reads look at the view's own.
        if (ttls.includes(undefined)) expect(found).toBeUndefined();
        else expect(found).toBeGreaterThanOrEqual(Math.max(...ttls.map(Number)) + LONG);
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('name the row that fits no item, and write the others', async () => {
    const huge = row('huge', 'a', 1, { values: { x: 'y'.repeat(420_000) } });
    const half = (view: string) => row('halves', view, 1, { values: { x: 'y'.repeat(250_000) } });
    const writing = put(row('small', 'a', 1), huge, half('a'), half('b'), row('small', 'b', 1));
    await expect(writing).rejects.toMatchObject({
      code: 'ITEM_TOO_LARGE',
      message: expect.stringContaining(`view "a" of ${keyOf('huge')}`),
      details: { refused: 2, written: 3 },
    });
    const found = await dynamoOnlineTable(cloud.documents, name).read(['small', 'huge', 'halves'].map(keyOf));
    expect(Object.keys(found.get(keyOf('small'))?.views ?? {})).toEqual(['a', 'b']);
    expect(Object.keys(found.get(keyOf('halves'))?.views ?? {})).toHaveLength(1);
    expect(found.has(keyOf('huge'))).toBe(false);
  }, 60_000);
});

// What an emulator does not do: refuse for a moment, or for good.
describe('DynamoDB in trouble', () => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
  const mock = mockClient(client);
  const table = dynamoOnlineTable(client, 'features', { longestWaitMs: 5 });
  const cancelled = (...codes: string[]) =>
    new TransactionCanceledException({
      message: 'cancelled',
      $metadata: {},
      CancellationReasons: codes.map((Code) => ({
        Code,
        ...(Code === 'ConditionalCheckFailed' && { Item: { 'v#t': { S: '2027' }, 'v#v': { S: '{}' } } }),
      })),
    });
  const named = (name: string) => Object.assign(new Error(name), { name });
  beforeEach(() => {
    mock.reset();
  });

  it('tries throttled and conflicting items again, without the ones that are older', async () => {
    mock
      .on(TransactWriteItemsCommand)
      .rejectsOnce(cancelled('None', 'ConditionalCheckFailed', 'TransactionConflict'))
      .rejectsOnce(named('ThrottlingException'))
      .rejectsOnce(cancelled('ThrottlingError', 'None'))
      .resolves({});
    const result = await table.putNewer(inBatches([row('a', 'v', 1), row('b', 'v', 1), row('c', 'v', 1)]));
    expect(result).toEqual({ written: 2, skippedOlder: 1 });
    const last = mock.commandCalls(TransactWriteItemsCommand).at(-1)?.args[0].input.TransactItems;
    expect(last?.map((write) => write.Update?.Key?.pk)).toEqual([{ S: keyOf('a') }, { S: keyOf('c') }]);
  });

  it('gives up with UNAVAILABLE when the table stays too busy', async () => {
    mock.on(UpdateItemCommand).rejects(named('ProvisionedThroughputExceededException'));
    await expect(table.putNewer(inBatches([row('a', 'v', 1)]))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(mock.commandCalls(UpdateItemCommand)).toHaveLength(10);
  });

  it('tells what the table refused for good once the rest is written, and passes on any other error', async () => {
    mock.on(TransactWriteItemsCommand).rejectsOnce(cancelled('None', 'ValidationError'));
    mock.on(UpdateItemCommand).resolves({});
    const refused = table.putNewer(inBatches([row('a', 'v', 1), row('b', 'v', 1)]));
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_REQUEST', details: { written: 1 } });
    mock.on(UpdateItemCommand).rejects(new Error('no network'));
    await expect(table.putNewer(inBatches([row('a', 'v', 1)]))).rejects.toThrow('no network');
  });

  const left = (...keys: string[]) => ({ features: { Keys: keys.map((pk) => ({ pk: { S: pk } })) } });
  const found = (...keys: string[]) => ({ features: keys.map((pk) => ({ pk: { S: pk } })) });

  it('is asked again for the keys that it handed back, and for no other', async () => {
    mock
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: found('a'), UnprocessedKeys: left('b') })
      .resolvesOnce({ Responses: found('b') });
    expect([...(await table.read(['a', 'b'])).keys()]).toEqual(['a', 'b']);
    const second = mock.commandCalls(BatchGetItemCommand)[1]?.args[0].input.RequestItems?.features;
    expect(second?.Keys).toEqual([{ pk: { S: 'b' } }]);
  });

  it('is given up after some rounds, as an outage and not as missing entities', async () => {
    mock.on(BatchGetItemCommand).resolves({ Responses: found(), UnprocessedKeys: left('a', 'b') });
    await expect(table.read(['a', 'b'])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('does not ask for keys that no item can have, which would sink the others', async () => {
    mock.on(BatchGetItemCommand).resolves({ Responses: found('a', 'b') });
    expect((await table.read(['a', 'ü'.repeat(1_025), 'b'])).size).toBe(2);
    const [call] = mock.commandCalls(BatchGetItemCommand);
    expect(call?.args[0].input.RequestItems?.features?.Keys).toEqual([{ pk: { S: 'a' } }, { pk: { S: 'b' } }]);
    expect((await table.read(['x'.repeat(2_049)])).size).toBe(0);
  });

  it('reads items whole where the names of the views fit no expression', async () => {
    mock.on(BatchGetItemCommand).resolves({ Responses: found() });
    const named = (count: number) => Array.from({ length: count }, (_, n) => `view-${n}`);
    for (const count of [200, 201]) await table.read(['a', 'b'], { views: named(count) });
    const [some, all] = mock.commandCalls(BatchGetItemCommand).map((c) => c.args[0].input.RequestItems?.features);
    // DynamoDB takes 4 KB.
    expect(some?.ProjectionExpression?.length).toBeLessThan(4_096);
    expect(all).not.toHaveProperty('ProjectionExpression');
  });

  it('asks for sixteen requests at once, whatever is asked for', async () => {
    let now = 0;
    let most = 0;
    mock.on(BatchGetItemCommand).callsFake(async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return { Responses: found() };
    });
    await table.read(Array.from({ length: 10_000 }, (_, n) => `k-${n}`));
    expect(mock.commandCalls(BatchGetItemCommand)).toHaveLength(100);
    expect(most).toBe(16);
  });

  it('never lets an item go sooner than it was to go: another writer may rely on that', async () => {
    const Item = { pk: { S: keyOf('a') }, 'v#t': { S: '2025' }, 'v#v': { S: '{}' }, 'v#x': { N: '1900000900' } };
    const seen = { ...Item, expiresAt: { N: '1900000900' } };
    const refused = Object.assign(named('ConditionalCheckFailedException'), { Item: seen });
    mock.on(UpdateItemCommand).rejectsOnce(refused).resolves({});
    await table.putNewer(inBatches([row('a', 'v', 1)]));
    const last = mock.commandCalls(UpdateItemCommand).at(-1)?.args[0].input;
    expect(last?.UpdateExpression).not.toContain('expiresAt');
    expect(last?.ExpressionAttributeValues).toMatchObject({ ':was': { N: '1900000900' }, ':x0': { N: '1900000001' } });
  });

  it('gets at most 100 keys a call', async () => {
    mock.on(BatchGetItemCommand).resolves({ Responses: found() });
    await table.read(Array.from({ length: 250 }, (_, n) => `k-${n}`));
    const calls = mock.commandCalls(BatchGetItemCommand);
    expect(calls.map((c) => c.args[0].input.RequestItems?.features?.Keys?.length)).toEqual([100, 100, 50]);
  });
});
