import { documents } from '#adapters/aws/clients.ts';
import { cloudWatchLookupMetrics } from '#adapters/aws/cloudwatch-lookup-metrics.ts';
import { cloudWatchViewMetrics } from '#adapters/aws/cloudwatch-view-metrics.ts';
import { dynamoFeatureCatalog } from '#adapters/aws/dynamo-feature-catalog.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { dynamoViewHealth } from '#adapters/aws/dynamo-view-health.ts';
import { dynamoWatermarks } from '#adapters/aws/dynamo-watermarks.ts';
import { monitoringSteps } from '#contracts/steps.ts';
import { isStale, measureViews } from '#core/monitoring/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { dataDeps, dataEnv } from './_deps.ts';

const env = readEnv({ ...dataEnv, CATALOG_TABLE: text, REGISTRY_TABLE: text });
const client = documents();
const data = dataDeps(env);
const deps = {
  projects: data.projects,
  registry: dynamoRegistryStore(client, env.REGISTRY_TABLE),
  definitions: dynamoFeatureCatalog(client, env.CATALOG_TABLE),
  watermarks: dynamoWatermarks(client, env.CATALOG_TABLE),
  health: dynamoViewHealth(client, env.CATALOG_TABLE),
  lookups: cloudWatchLookupMetrics(),
  metrics: cloudWatchViewMetrics(),
  datasets: data,
  engine: data.engine,
};

export const handler = stepHandler(monitoringSteps.measureViews, async ({ project, startedAt }) => {
  const measured = await measureViews(deps, { project, at: new Date(startedAt) });
  return {
    views: measured.length,
    stale: measured.filter(isStale).map(({ health }) => health.view),
    drifted: measured.filter(({ health }) => health.driftedFeatures.length > 0).map(({ health }) => health.view),
  };
});
