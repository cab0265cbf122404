import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';
import { deploymentStoreContract } from '../deployment-store-contract.ts';

deploymentStoreContract(
  'DynamoDB',
  async () => {
    const { documents, freshTable } = await emulator();
    return dynamoDeploymentStore(documents, await freshTable('pk', 'sk'));
  },
  EMULATOR_START_MS,
);
