import { describe, expect, it } from '@jest/globals';
import { experimentRoutes } from '#contracts/mlflow/experiments.ts';
import { loggedModelRoutes } from '#contracts/mlflow/logged-models.ts';
import { metricRoutes } from '#contracts/mlflow/metrics.ts';
import { modelVersionRoutes } from '#contracts/mlflow/model-versions.ts';
import { registeredModelRoutes } from '#contracts/mlflow/registered-models.ts';
import { runRoutes } from '#contracts/mlflow/runs.ts';
import type { MlflowRoute } from '#contracts/mlflow/wire.ts';

const BASE = '/api/2.0/mlflow/';
const routes: MlflowRoute[] = [
  experimentRoutes,
  runRoutes,
  metricRoutes,
  loggedModelRoutes,
  registeredModelRoutes,
  modelVersionRoutes,
].flatMap((table) => Object.values<MlflowRoute>(table));

const linesOf = (role: string): string[] =>
  routes
    .filter((route) => route.role === role)
    .flatMap(({ methods, path }) => methods.map((method) => `${method} ${path.slice(BASE.length)}`))
    .sort();

/** What MLflow's clients call, as they were seen to, with who may. */
describe("MLflow's routes", () => {
  it('let viewers read and search', () => {
    expect(linesOf('viewer')).toEqual([
      'GET experiments/get',
      'GET experiments/get-by-name',
      'GET experiments/search',
      'GET logged-models/{model_id}',
      'GET metrics/get-history',
      'GET model-versions/get',
      'GET model-versions/get-download-uri',
      'GET model-versions/search',
      'GET registered-models/alias',
      'GET registered-models/get',
      'GET registered-models/get-latest-versions',
      'GET registered-models/search',
      'GET runs/get',
      'POST experiments/search',
      'POST logged-models/search',
      'POST registered-models/get-latest-versions',
      'POST runs/search',
    ]);
  });

  it('let scientists write', () => {
    expect(linesOf('scientist')).toEqual([
      'DELETE logged-models/{model_id}',
      'DELETE logged-models/{model_id}/tags/{key+}',
      'DELETE model-versions/delete-tag',
      'DELETE registered-models/delete-tag',
      'PATCH logged-models/{model_id}',
      'PATCH logged-models/{model_id}/tags',
      'PATCH model-versions/update',
      'PATCH registered-models/update',
      'POST experiments/create',
      'POST experiments/delete',
      'POST experiments/delete-experiment-tag',
      'POST experiments/restore',
      'POST experiments/set-experiment-tag',
      'POST experiments/update',
      'POST logged-models',
      'POST logged-models/{model_id}/params',
      'POST model-versions/create',
      'POST model-versions/set-tag',
      'POST registered-models/create',
      'POST registered-models/set-tag',
      'POST runs/create',
      'POST runs/delete',
      'POST runs/delete-tag',
      'POST runs/log-batch',
      'POST runs/log-inputs',
      'POST runs/log-metric',
      'POST runs/log-model',
      'POST runs/log-parameter',
      'POST runs/outputs',
      'POST runs/restore',
      'POST runs/set-tag',
      'POST runs/update',
    ]);
  });

  it('let deployers decide what is in production, and what is no longer there', () => {
    expect(linesOf('deployer')).toEqual([
      'DELETE model-versions/delete',
      'DELETE registered-models/alias',
      'DELETE registered-models/delete',
      'POST model-versions/transition-stage',
      'POST registered-models/alias',
      'POST registered-models/rename',
    ]);
  });

  it('let nobody else do anything', () => {
    const known = ['viewer', 'scientist', 'deployer'];
    expect(routes.filter(({ role }) => !known.includes(role ?? ''))).toEqual([]);
  });
});
