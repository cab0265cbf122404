import { documents } from '#adapters/aws/clients.ts';
import { dynamoOnlineTable } from '#adapters/aws/dynamo-online-table.ts';
import { materializationSteps } from '#contracts/steps.ts';
import { materializeShard } from '#core/features/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { engineEnv, tableEngine } from './_duckdb.ts';
import { materializeDeps, materializeEnv } from './_materialize-deps.ts';

const env = readEnv({ ...materializeEnv, ...engineEnv, FEATURES_TABLE: text });
const deps = {
  ...materializeDeps(env),
  engine: tableEngine(env),
  online: dynamoOnlineTable(documents(), env.FEATURES_TABLE),
};

export const handler = stepHandler(materializationSteps.materializeShard, (input) => materializeShard(deps, input));
