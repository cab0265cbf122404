import { dynamoIdentityStore } from '#adapters/aws/dynamo-identity-store.ts';
import { identityStoreContract } from '#test/adapters/identity-store-contract.ts';
import { emulator } from '#test/helpers/emulator.ts';

identityStoreContract('DynamoDB', async () => {
  const { documents, freshTable } = await emulator();
  return dynamoIdentityStore(documents, await freshTable('pk', 'sk'));
});
