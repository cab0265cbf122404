import { dynamoViewHealth } from '#adapters/aws/dynamo-view-health.ts';
import { viewHealthContract } from '#test/adapters/view-health-contract.ts';
import { emulator } from '#test/helpers/emulator.ts';

viewHealthContract('DynamoDB', async () => {
  const { documents, freshTable } = await emulator();
  return dynamoViewHealth(documents, await freshTable('pk', 'sk'));
});
