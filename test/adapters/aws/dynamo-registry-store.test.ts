import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { registryStoreContract } from '#test/adapters/registry-store-contract.ts';
import { emulator } from '#test/helpers/emulator.ts';

registryStoreContract('DynamoDB', async () => {
  const { documents, freshTable } = await emulator();
  return dynamoRegistryStore(documents, await freshTable('pk', 'sk'));
});
