import { trainingSteps } from '#contracts/training-steps.ts';
import { compareReproduction } from '#core/training/index.ts';
import { readEnv } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { endingEnv, runDeps } from './_deps.ts';

const deps = runDeps(readEnv(endingEnv));

export const handler = stepHandler(trainingSteps.compareReproduction, (input) => compareReproduction(deps, input));
