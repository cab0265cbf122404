import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { createModel } from '#core/registry/index.ts';
import { worldOn } from '#test/adapters/registry-world.ts';

/** A table as DynamoDB answers for it when an item is above 400 KB. */
const full = {
  send: async (command: object) => {
    if (command.constructor.name !== 'TransactWriteCommand') return {};
    const message = 'Item size has exceeded the maximum allowed size';
    throw Object.assign(new Error(message), { name: 'ValidationException' });
  },
} as unknown as DynamoDBDocumentClient;

describe('a change that is too large for the table', () => {
  it('is refused with what to do, not as a fault of the platform', async () => {
    const made = createModel(worldOn(dynamoRegistryStore(full, 't')), { name: 'churn', by: 'ann' });
    const message = expect.stringMatching(/"churn" cannot be stored.*shorten or delete/);
    await expect(made).rejects.toMatchObject({ code: 'INVALID_REQUEST', message });
  });
});
