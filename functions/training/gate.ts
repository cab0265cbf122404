import { trainingSteps } from '#contracts/steps.ts';
import { gate } from '#core/training/index.ts';
import { readEnv } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { trainingDeps, trainingEnv } from './_deps.ts';

const deps = trainingDeps(readEnv(trainingEnv));

export const handler = stepHandler(trainingSteps.gate, (input) => gate(deps, input));
