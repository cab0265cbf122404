import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { trackingStoreContract } from '#test/adapters/tracking-store-contract.ts';
import { emulator } from '#test/helpers/emulator.ts';

trackingStoreContract('DynamoDB', async () => {
  const { documents, freshTable } = await emulator();
  return dynamoTrackingStore(documents, await freshTable('pk', 'sk'));
});
