import { dynamoRunStore } from '#adapters/aws/dynamo-run-store.ts';
import { runStoreContract } from '#test/adapters/run-store-contract.ts';
import { emulator } from '#test/helpers/emulator.ts';

runStoreContract('DynamoDB', async () => {
  const { documents, freshTable } = await emulator();
  return dynamoRunStore(documents, await freshTable('pk', 'sk'));
});
