import { dataSteps } from '#contracts/steps.ts';
import { updateReference } from '#core/features/index.ts';
import { readEnv } from '../_shared/env.ts';
import { heavyStep } from '../_shared/heavy-step.ts';
import { dataDeps, dataEnv } from './_deps.ts';

const deps = dataDeps(readEnv(dataEnv));
const contract = dataSteps.updateReference;

export const handler = heavyStep(
  { step: 'features/update-reference', contract, objects: deps.objects },
  async (input) => {
    const { datasetId, rowCount } = await updateReference(deps, input);
    return { referenceDatasetId: datasetId, rowCount };
  },
);
