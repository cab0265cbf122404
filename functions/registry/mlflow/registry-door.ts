import { modelVersionRoutes } from '#contracts/mlflow/model-versions.ts';
import { registeredModelRoutes } from '#contracts/mlflow/registered-models.ts';
import { mlflowApi } from '../../_shared/mlflow-http.ts';
import type { MlflowRegistryDeps } from './deps.ts';
import { modelVersionHandlers } from './model-versions.ts';
import { registeredModelHandlers } from './registered-models.ts';

/** MLflow's registry API: registered models and their versions. */
export const registryDoor = (deps: MlflowRegistryDeps) =>
  mlflowApi(
    { ...registeredModelRoutes, ...modelVersionRoutes },
    { ...registeredModelHandlers(deps), ...modelVersionHandlers(deps) },
  );
