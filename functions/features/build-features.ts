import { dataSteps } from '#contracts/steps.ts';
import { buildFeatures } from '#core/features/index.ts';
import { readEnv } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { dataDeps, dataEnv } from './_deps.ts';

const deps = dataDeps(readEnv(dataEnv));

export const handler = stepHandler(dataSteps.buildFeatures, async (input) => {
  const { datasetId, rowCount } = await buildFeatures(deps, input);
  return { featuresDatasetId: datasetId, rowCount };
});
