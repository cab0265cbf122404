import { dataSteps } from '#contracts/steps.ts';
import { adoptUnloaded, ingest } from '#core/features/index.ts';
import { readEnv } from '../_shared/env.ts';
import { heavyStep } from '../_shared/heavy-step.ts';
import { dataDeps, dataEnv } from './_deps.ts';

const deps = dataDeps(readEnv(dataEnv));
const contract = dataSteps.ingest;

export const handler = heavyStep({ step: 'features/ingest', contract, objects: deps.objects }, (input) => {
  const { project, unloaded } = input;
  return unloaded === undefined ? ingest(deps, input) : adoptUnloaded(deps, { project, unloaded });
});
