import { materializationSteps } from '#contracts/steps.ts';
import { planMaterialization } from '#core/features/index.ts';
import { readEnv } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { engineEnv, sourceDatabases, tableEngine } from './_duckdb.ts';
import { materializeDeps, materializeEnv } from './_materialize-deps.ts';

const env = readEnv({ ...materializeEnv, ...engineEnv });
const deps = { ...materializeDeps(env), engine: tableEngine(env), databases: sourceDatabases(env) };

export const handler = stepHandler(materializationSteps.materializePlan, (input) => planMaterialization(deps, input));
