import { trainingSteps } from '#contracts/training-steps.ts';
import { prepareReproduction } from '#core/training/index.ts';
import { readEnv } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { trainingDeps, trainingEnv } from './_deps.ts';

const deps = trainingDeps(readEnv(trainingEnv));

export const handler = stepHandler(trainingSteps.prepareReproduction, (input) => prepareReproduction(deps, input));
