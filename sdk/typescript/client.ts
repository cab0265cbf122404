import { datasetRoutes } from '#contracts/dataset-routes.ts';
import { deploymentRoutes } from '#contracts/deployment.ts';
import { featureRoutes } from '#contracts/feature-routes.ts';
import { identityRoutes } from '#contracts/identity.ts';
import { labelRoutes } from '#contracts/ledger.ts';
import { lineageRoutes } from '#contracts/lineage.ts';
import { monitoringRoutes } from '#contracts/monitoring.ts';
import { pipelineRoutes } from '#contracts/pipelines.ts';
import { registryRoutes } from '#contracts/registry.ts';
import { servingRoutes } from '#contracts/serving.ts';
import { trackingRoutes } from '#contracts/tracking.ts';
import { validationRoutes } from '#contracts/validation.ts';
import { type Connection, operations } from './call.ts';

/**
 * The platform's API as functions, grouped by capability.
 * @example
 * const mlops = mlopsClient({ apiUrl, apiKey });
 * const { probability } = await mlops.serving.predict({ path: { model: 'churn' }, body: { customer_id: 'C000001' } });
 */
export const mlopsClient = (connection: Connection) => ({
  pipelines: operations(connection, pipelineRoutes),
  datasets: operations(connection, datasetRoutes),
  features: operations(connection, featureRoutes),
  tracking: operations(connection, trackingRoutes),
  registry: operations(connection, registryRoutes),
  deployment: operations(connection, deploymentRoutes),
  serving: operations(connection, servingRoutes),
  labels: operations(connection, labelRoutes),
  lineage: operations(connection, lineageRoutes),
  validation: operations(connection, validationRoutes),
  monitoring: operations(connection, monitoringRoutes),
  identity: operations(connection, identityRoutes),
});
export type MlopsClient = ReturnType<typeof mlopsClient>;
