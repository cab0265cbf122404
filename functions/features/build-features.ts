import { s3ReportArchive } from '#adapters/aws/s3-report-archive.ts';
import { dataSteps } from '#contracts/steps.ts';
import { buildFeatures } from '#core/features/index.ts';
import { featureContract } from '#core/validation/index.ts';
import { readEnv } from '../_shared/env.ts';
import { heavyStep } from '../_shared/heavy-step.ts';
import { dataDeps, dataEnv } from './_deps.ts';

const deps = dataDeps(readEnv(dataEnv));
const check = featureContract({ ...deps, reports: s3ReportArchive(deps.objects) });
const contract = dataSteps.buildFeatures;

export const handler = heavyStep(
  { step: 'features/build-features', contract, objects: deps.objects },
  async (input) => {
    const { datasetId, rowCount } = await buildFeatures(deps, input, check);
    return { featuresDatasetId: datasetId, rowCount };
  },
);
