import { documents, s3 } from '#adapters/aws/clients.ts';
import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { objectDocuments } from '#adapters/aws/object-documents.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { systemClock, systemDigest } from '#adapters/system/system.ts';
import { labelRoutes } from '#contracts/ledger.ts';
import { labelCoverage, postLabels } from '#core/ledger/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { httpApi } from '../_shared/http.ts';
import { ledgerEngine, ledgerEnv } from './_ledger-deps.ts';

const env = readEnv({ ...ledgerEnv, PROJECTS_TABLE: text, DEPLOYMENTS_TABLE: text, ARTIFACT_BUCKET: text });
const deps = {
  deployments: dynamoDeploymentStore(documents(), env.DEPLOYMENTS_TABLE),
  projects: dynamoProjectStore(documents(), env.PROJECTS_TABLE),
  ledger: s3ObjectStore(s3(), env.LEDGER_BUCKET),
  artifacts: objectDocuments(s3ObjectStore(s3(), env.ARTIFACT_BUCKET)),
  engine: ledgerEngine(env),
  digest: systemDigest,
  clock: systemClock,
};

export const handler = httpApi(labelRoutes, {
  postLabels: ({ body, caller }) => postLabels(deps, body, caller.id),
  getLabelCoverage: ({ path, query }) => labelCoverage(deps, path.name, query),
});
