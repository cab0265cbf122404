import { materializationSteps } from '#contracts/steps.ts';
import { planMaterialization } from '#core/features/index.ts';
import { readEnv } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { materializeDeps, materializeEnv } from './_materialize-deps.ts';
import { engineEnv, materializeEngine } from './_materialize-engine.ts';

const env = readEnv({ ...materializeEnv, ...engineEnv });
const deps = { ...materializeDeps(env), engine: materializeEngine(env) };

export const handler = stepHandler(materializationSteps.materializePlan, (input) => planMaterialization(deps, input));
