import { documents, s3 } from '#adapters/aws/clients.ts';
import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { monitoringSteps } from '#contracts/steps.ts';
import { collect } from '#core/monitoring/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { monitoringDeps, monitoringEnv } from './_deps.ts';

const env = readEnv({ ...monitoringEnv, LEDGER_BUCKET: text, DEPLOYMENTS_TABLE: text });
const deps = {
  ...monitoringDeps(env),
  ledger: s3ObjectStore(s3(), env.LEDGER_BUCKET),
  deployments: dynamoDeploymentStore(documents(), env.DEPLOYMENTS_TABLE),
};

export const handler = stepHandler(monitoringSteps.collect, (input) => collect(deps, input));
