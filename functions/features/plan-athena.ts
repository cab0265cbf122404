import { dataSteps } from '#contracts/steps.ts';
import { planAthena } from '#core/features/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { dataDeps, dataEnv } from './_deps.ts';

const env = readEnv({ ...dataEnv, ATHENA_DATABASE: text });
const deps = { ...dataDeps(env), database: env.ATHENA_DATABASE };

export const handler = stepHandler(dataSteps.planAthena, async (input) => {
  const { statements, unloaded } = await planAthena(deps, input);
  return {
    unloaded,
    statements: statements.map(({ queryString, parameters }) => ({ queryString, parameters: [...parameters] })),
  };
});
