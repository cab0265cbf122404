import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from '@jest/globals';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { someExperiment, someRun } from '#test/adapters/tracking-samples.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';

/** Does something else once, after the stage of an experiment was read. */
const interrupted = (client: DynamoDBDocumentClient, meanwhile: () => Promise<void>): DynamoDBDocumentClient => {
  let isNext = true;
  const send = async (command: never) => {
    const reply = await client.send(command);
    const given: unknown = command;
    if (isNext && given instanceof GetCommand && given.input.Key?.sk === 'S') {
      isNext = false;
      await meanwhile();
    }
    return reply;
  };
  return { send } as never;
};

it(
  'a run that is deleted twice is deleted, whatever its experiment went through meanwhile',
  async () => {
    const { documents, freshTable } = await emulator();
    const table = await freshTable('pk', 'sk');
    const store = dynamoTrackingStore(documents, table);
    const experiment = someExperiment('churn');
    const { experimentId } = experiment;
    await store.createExperiment(experiment);
    const { info } = await store.createRun(someRun(experimentId));
    const slow = interrupted(documents, async () => {
      await store.setExperimentStage(experimentId, { stage: 'deleted', atMs: 1 });
      await store.setExperimentStage(experimentId, { stage: 'active', atMs: 2 });
      await store.setRunStage(info.runId, 'deleted');
    });
    await dynamoTrackingStore(slow, table).setRunStage(info.runId, 'deleted');
    expect((await store.findRunInfo(info.runId))?.lifecycleStage).toBe('deleted');
  },
  EMULATOR_START_MS,
);
