import { deploymentSteps } from '#contracts/steps.ts';
import { shift } from '#core/deployment/index.ts';
import { readEnv } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { writerDeps, writerEnv } from './_deps.ts';

const deps = writerDeps(readEnv(writerEnv));

export const handler = stepHandler(deploymentSteps.shift, (input) => shift(deps, input));
