import { experimentRoutes } from '#contracts/mlflow/experiments.ts';
import { loggedModelRoutes } from '#contracts/mlflow/logged-models.ts';
import { metricRoutes } from '#contracts/mlflow/metrics.ts';
import { runRoutes } from '#contracts/mlflow/runs.ts';
import { mlflowApi } from '../../_shared/mlflow-http.ts';
import type { MlflowTrackingDeps } from './deps.ts';
import { experimentHandlers } from './experiments.ts';
import { loggedModelHandlers } from './logged-models.ts';
import { metricHandlers } from './metrics.ts';
import { runHandlers } from './runs.ts';

/** MLflow's tracking API: experiments, runs, metrics, logged models. */
export const trackingDoor = (deps: MlflowTrackingDeps) =>
  mlflowApi(
    { ...experimentRoutes, ...runRoutes, ...metricRoutes, ...loggedModelRoutes },
    { ...experimentHandlers(deps), ...runHandlers(deps), ...metricHandlers(deps), ...loggedModelHandlers(deps) },
  );
