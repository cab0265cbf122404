import { beforeAll } from '@jest/globals';
import { dynamoMaterializationLog } from '#adapters/aws/dynamo-materialization-log.ts';
import { dynamoWatermarks } from '#adapters/aws/dynamo-watermarks.ts';
import { materializationLogContract } from '#test/adapters/materialization-log-contract.ts';
import { watermarksContract } from '#test/adapters/watermarks-contract.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';

beforeAll(async () => void (await emulator()), EMULATOR_START_MS);

watermarksContract('DynamoDB', async () => {
  const { documents, freshTable } = await emulator();
  return dynamoWatermarks(documents, await freshTable('pk', 'sk'));
});
materializationLogContract('DynamoDB', async () => {
  const { documents, freshTable } = await emulator();
  return dynamoMaterializationLog(documents, await freshTable('pk', 'sk'));
});
