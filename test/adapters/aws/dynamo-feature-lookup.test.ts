import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { dynamoFeatureLookup } from '#adapters/aws/dynamo-feature-lookup.ts';
import type { OnlineItem } from '#contracts/serving.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';

const item = (pk: string): OnlineItem => ({
  pk,
  features: { tenure: 3.25, contract: 'monthly', paperless: true, note: null },
  eventTime: '2026-01-01T00:00:00.000Z',
  expiresAt: 4_000_000_000,
});

describe('looking features up in DynamoDB', () => {
  it(
    'finds one, many and none, as they were written',
    async () => {
      const { documents, freshTable } = await emulator();
      const table = await freshTable('pk');
      for (const pk of ['a', 'b', 'c']) await documents.send(new PutCommand({ TableName: table, Item: item(pk) }));
      const lookup = dynamoFeatureLookup(documents, table);
      expect(await lookup.find(['a'])).toEqual(new Map([['a', item('a')]]));
      expect(await lookup.find(['x'])).toEqual(new Map());
      expect(await lookup.find([])).toEqual(new Map());
      const found = await lookup.find(['c', 'x', 'a']);
      expect([...found.keys()].sort()).toEqual(['a', 'c']);
    },
    EMULATOR_START_MS,
  );
});

describe('DynamoDB that throttles', () => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
  const mock = mockClient(client);
  const lookup = dynamoFeatureLookup(client, 'features');
  beforeEach(() => {
    mock.reset();
  });
  const left = (...keys: string[]) => ({ features: { Keys: keys.map((pk) => ({ pk })) } });

  it('is asked again for the keys that it handed back, and for no other', async () => {
    mock
      .on(BatchGetCommand)
      .resolvesOnce({ Responses: { features: [item('a')] }, UnprocessedKeys: left('b') })
      .resolvesOnce({ Responses: { features: [item('b')] } });
    expect([...(await lookup.find(['a', 'b'])).keys()]).toEqual(['a', 'b']);
    expect(mock.commandCalls(BatchGetCommand)[1]?.args[0].input.RequestItems?.features?.Keys).toEqual([{ pk: 'b' }]);
  });

  it('is given up after some rounds, as an outage and not as missing entities', async () => {
    mock.on(BatchGetCommand).resolves({ Responses: { features: [] }, UnprocessedKeys: left('a', 'b') });
    await expect(lookup.find(['a', 'b'])).rejects.toThrow('left 2 of 2 keys unread');
  });

  it('gets at most 100 keys a call', async () => {
    mock.on(BatchGetCommand).resolves({ Responses: { features: [] } });
    await lookup.find(Array.from({ length: 250 }, (_, n) => `k-${n}`));
    const sizes = mock.commandCalls(BatchGetCommand).map((c) => c.args[0].input.RequestItems?.features?.Keys?.length);
    expect(sizes).toEqual([100, 100, 50]);
  });
});
