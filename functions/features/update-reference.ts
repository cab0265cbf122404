import { dataSteps } from '#contracts/steps.ts';
import { updateReference } from '#core/features/index.ts';
import { readEnv } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { dataDeps, dataEnv } from './_deps.ts';

const deps = dataDeps(readEnv(dataEnv));

export const handler = stepHandler(dataSteps.updateReference, async (input) => {
  const { datasetId, rowCount } = await updateReference(deps, input);
  return { referenceDatasetId: datasetId, rowCount };
});
