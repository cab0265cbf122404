import { beforeAll } from '@jest/globals';
import { dynamoRetrainLog } from '#adapters/aws/dynamo-retrain-log.ts';
import { retrainLogContract } from '#test/adapters/retrain-log-contract.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';

beforeAll(async () => void (await emulator()), EMULATOR_START_MS);

retrainLogContract('DynamoDB', async () => {
  const { documents, freshTable } = await emulator();
  return dynamoRetrainLog(documents, await freshTable('pk', 'sk'));
});
