import { documents } from '#adapters/aws/clients.ts';
import { dynamoOnlineStore } from '#adapters/aws/dynamo-online-store.ts';
import { dataSteps } from '#contracts/steps.ts';
import { materialize } from '#core/features/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { dataDeps, dataEnv } from './_deps.ts';

const env = readEnv({ ...dataEnv, FEATURES_TABLE: text });
const deps = { ...dataDeps(env), online: dynamoOnlineStore(documents(), env.FEATURES_TABLE) };

export const handler = stepHandler(dataSteps.materialize, async (input) => {
  const { written, skippedOlder } = await materialize(deps, input);
  return { entities: written, skippedOlder };
});
