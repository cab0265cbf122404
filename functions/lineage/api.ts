import { documents, s3 } from '#adapters/aws/clients.ts';
import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import { dynamoFeatureCatalog } from '#adapters/aws/dynamo-feature-catalog.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { s3ReportStore } from '#adapters/aws/s3-report-store.ts';
import { lineageRoutes } from '#contracts/lineage.ts';
import { lineageOf } from '#core/lineage/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { httpApi } from '../_shared/http.ts';

const env = readEnv({
  PROJECTS_TABLE: text,
  CATALOG_TABLE: text,
  TRACKING_TABLE: text,
  REGISTRY_TABLE: text,
  DEPLOYMENTS_TABLE: text,
  DATA_BUCKET: text,
});
const data = s3ObjectStore(s3(), env.DATA_BUCKET);
const deps = {
  tracking: dynamoTrackingStore(documents(), env.TRACKING_TABLE),
  registry: dynamoRegistryStore(documents(), env.REGISTRY_TABLE),
  deployments: dynamoDeploymentStore(documents(), env.DEPLOYMENTS_TABLE),
  catalog: s3DatasetCatalog(data),
  reports: s3ReportStore(data),
  definitions: dynamoFeatureCatalog(documents(), env.CATALOG_TABLE),
  projects: dynamoProjectStore(documents(), env.PROJECTS_TABLE),
};

export const handler = httpApi(lineageRoutes, {
  getLineage: ({ path, query }) => lineageOf(deps, path, query),
});
