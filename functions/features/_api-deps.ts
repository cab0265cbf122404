import { documents, s3 } from '#adapters/aws/clients.ts';
import { cloudWatchLookupMetrics } from '#adapters/aws/cloudwatch-lookup-metrics.ts';
import { dynamoFeatureCatalog } from '#adapters/aws/dynamo-feature-catalog.ts';
import { dynamoMaterializationLog } from '#adapters/aws/dynamo-materialization-log.ts';
import { dynamoOnlineTable } from '#adapters/aws/dynamo-online-table.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { dynamoViewHealth } from '#adapters/aws/dynamo-view-health.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { sfnPipelineEngine } from '#adapters/aws/sfn-pipeline-engine.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import type { ModelVersion } from '#contracts/registry.ts';
import { lookupMeter, pushSources, readPlans } from '#core/features/index.ts';
import { listVersions, type RegistryStore } from '#core/registry/index.ts';
import { isPlatformError } from '#core/shared/index.ts';
import { text } from '../_shared/env.ts';

export const featureApiEnv = {
  PROJECTS_TABLE: text,
  CATALOG_TABLE: text,
  FEATURES_TABLE: text,
  REGISTRY_TABLE: text,
  DATA_BUCKET: text,
  MATERIALIZATION_PIPELINE_ARN: text,
  HISTORICAL_PIPELINE_ARN: text,
};

/** Versions of the model that bears the project's name; none before its first training. */
const modelVersions =
  (registry: RegistryStore) =>
  async (project: string, most: number): Promise<readonly ModelVersion[]> => {
    try {
      return (await listVersions({ registry }, project, { maxResults: most })).items;
    } catch (error) {
      if (isPlatformError(error) && error.code === 'MODEL_NOT_FOUND') return [];
      throw error;
    }
  };

/** What defining, finding, reading, pushing and materializing features by request works with. */
export const featureApiDeps = (env: Readonly<Record<keyof typeof featureApiEnv, string>>) => {
  const client = documents();
  const catalog = dynamoFeatureCatalog(client, env.CATALOG_TABLE);
  const objects = s3ObjectStore(s3(), env.DATA_BUCKET);
  return {
    catalog,
    definitions: catalog,
    digest: systemDigest,
    clock: systemClock,
    ids: systemIds,
    projects: dynamoProjectStore(client, env.PROJECTS_TABLE),
    modelVersions: modelVersions(dynamoRegistryStore(client, env.REGISTRY_TABLE)),
    health: dynamoViewHealth(client, env.CATALOG_TABLE),
    online: dynamoOnlineTable(client, env.FEATURES_TABLE),
    objects,
    datasets: s3DatasetCatalog(objects),
    plans: readPlans(catalog, systemClock),
    sources: pushSources(catalog, systemClock),
    lookups: lookupMeter({ metrics: cloudWatchLookupMetrics(), clock: systemClock }),
    log: dynamoMaterializationLog(client, env.CATALOG_TABLE),
    pipelines: sfnPipelineEngine({
      materialization: env.MATERIALIZATION_PIPELINE_ARN,
      historical: env.HISTORICAL_PIPELINE_ARN,
    }),
  };
};
