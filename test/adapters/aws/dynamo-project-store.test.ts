import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { projectStoreContract } from '#test/adapters/project-store-contract.ts';
import { emulator } from '#test/helpers/emulator.ts';

projectStoreContract('DynamoDB', async () => {
  const { documents, freshTable } = await emulator();
  return dynamoProjectStore(documents, await freshTable('pk', 'sk'));
});
