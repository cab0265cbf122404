import { expect, it } from '@jest/globals';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { pageToken } from '#adapters/system/page-token.ts';
import { registryFactsContract } from '#test/adapters/registry-facts-contract.ts';
import { registryStoreContract } from '#test/adapters/registry-store-contract.ts';
import { registryVerbsContract } from '#test/adapters/registry-verbs-contract.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';

const fresh = async () => {
  const { documents, freshTable } = await emulator();
  return dynamoRegistryStore(documents, await freshTable('pk', 'sk'));
};
registryStoreContract('DynamoDB', fresh);
registryVerbsContract('DynamoDB', fresh);
registryFactsContract('DynamoDB', fresh);

it(
  'refuses the page token of another list',
  async () => {
    const { documents, freshTable } = await emulator();
    const store = dynamoRegistryStore(documents, await freshTable('pk', 'sk'));
    for (const sortKey of ['C#0000000001#000', 'churn', 'W', '\u0000'])
      await expect(store.listVersions('churn', { maxResults: 5, pageToken: pageToken(sortKey) })).rejects.toMatchObject(
        { code: 'INVALID_REQUEST', message: expect.stringContaining('another list') },
      );
    expect(await store.listVersions('churn', { maxResults: 5, pageToken: pageToken('V#0000000009') })).toEqual({
      items: [],
    });
  },
  EMULATOR_START_MS,
);
