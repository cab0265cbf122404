import { trainingSteps } from '#contracts/training-steps.ts';
import { stack } from '#core/training/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { runEnv, trainingDeps } from './_deps.ts';

const deps = trainingDeps(readEnv({ ...runEnv, PROJECTS_TABLE: text }));

export const handler = stepHandler(trainingSteps.stack, (input) => stack(deps, input));
