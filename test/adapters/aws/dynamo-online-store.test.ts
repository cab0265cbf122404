import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { dynamoOnlineStore } from '#adapters/aws/dynamo-online-store.ts';
import { inBatches, onlineStoreContract } from '#test/core/features/online-store-contract.ts';
import { emulator } from '#test/helpers/emulator.ts';

onlineStoreContract('DynamoDB', async () => {
  const { documents, freshTable } = await emulator();
  return dynamoOnlineStore(documents, await freshTable('pk'));
});

// What an emulator does not do: refuse for a moment, or for good.
describe('DynamoDB in trouble', () => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
  const mock = mockClient(client);
  const store = dynamoOnlineStore(client, 'features', { longestWaitMs: 5 });
  const item = (pk: string) => ({ pk, features: {}, eventTime: '2026-01-01T00:00:00.000Z', expiresAt: 1 });
  const cancelled = (...codes: string[]) =>
    new TransactionCanceledException({
      message: 'cancelled',
      $metadata: {},
      CancellationReasons: codes.map((Code) => ({ Code })),
    });
  beforeEach(() => {
    mock.reset();
  });

  it('tries throttled and conflicting items again, without the ones that are older', async () => {
    mock
      .on(TransactWriteCommand)
      .rejectsOnce(cancelled('None', 'ConditionalCheckFailed', 'TransactionConflict'))
      .rejectsOnce(cancelled('ThrottlingError', 'None'))
      .resolves({});
    const result = await store.putNewer(inBatches([item('a'), item('b'), item('c')]));
    expect(result).toEqual({ written: 2, skippedOlder: 1 });
    const last = mock.commandCalls(TransactWriteCommand).at(-1)?.args[0].input.TransactItems;
    expect(last?.map((write) => write.Put?.Item?.pk)).toEqual(['a', 'c']);
  });

  it('gives up with UNAVAILABLE when the table stays too busy', async () => {
    mock.on(TransactWriteCommand).rejects(cancelled('ProvisionedThroughputExceeded'));
    await expect(store.putNewer(inBatches([item('a')]))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(mock.commandCalls(TransactWriteCommand)).toHaveLength(10);
  });

  it('says what the table refused for good, and passes on any other error', async () => {
    mock.on(TransactWriteCommand).rejects(cancelled('ValidationError'));
    await expect(store.putNewer(inBatches([item('a')]))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    mock.on(TransactWriteCommand).rejects(new Error('no network'));
    await expect(store.putNewer(inBatches([item('a')]))).rejects.toThrow('no network');
  });
});
