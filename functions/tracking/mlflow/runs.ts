import type { runRoutes } from '#contracts/mlflow/runs.ts';
import {
  createRun,
  deleteRun,
  getRun,
  logInputs,
  logOutputs,
  restoreRun,
  searchRuns,
  updateRun,
} from '#core/tracking/index.ts';
import type { MlflowHandlers } from '../../_shared/mlflow-http.ts';
import { recordOf } from '../../_shared/mlflow-pairs.ts';
import { searchOf, storedFilter } from '../../_shared/mlflow-search.ts';
import type { MlflowTrackingDeps } from './deps.ts';
import { wireRun, wireRunInfo } from './entities.ts';
import { loggingHandlers } from './logging.ts';

type Handlers = MlflowHandlers<typeof runRoutes>;
const MAX_RESULTS = 50_000;

const lifeHandlers = (deps: MlflowTrackingDeps) =>
  ({
    createRun: async ({ message }) => {
      const run = await createRun(deps, {
        experimentId: message.experiment_id,
        userId: message.user_id,
        runName: message.run_name,
        startTimeMs: message.start_time,
        tags: recordOf(message.tags),
      });
      return { run: wireRun(run, deps.artifactBucket) };
    },
    updateRun: async ({ message: { run_id, status, end_time, run_name } }) => {
      const info = await updateRun(deps, run_id, {
        ...(status && { status }),
        ...(end_time !== undefined && { endTimeMs: end_time }),
        ...(run_name && { runName: run_name }),
      });
      return { run_info: wireRunInfo(info, deps.artifactBucket) };
    },
    deleteRun: async ({ message }) => {
      await deleteRun(deps, message.run_id);
      return {};
    },
    restoreRun: async ({ message }) => {
      await restoreRun(deps, message.run_id);
      return {};
    },
  }) satisfies Partial<Handlers>;

const linkHandlers = (deps: MlflowTrackingDeps) =>
  ({
    logInputs: async ({ message: { run_id, datasets, models } }) => {
      const inputs = datasets.map(({ dataset: { source_type, ...dataset }, tags }) => ({
        ...dataset,
        sourceType: source_type,
        tags: recordOf(tags),
      }));
      await logInputs(deps, run_id, { datasets: inputs, models: models.map(({ model_id }) => model_id) });
      return {};
    },
    logOutputs: async ({ message }) => {
      const outputs = message.models.map(({ model_id, step }) => ({ modelId: model_id, step }));
      await logOutputs(deps, message.run_id, outputs);
      return {};
    },
  }) satisfies Partial<Handlers>;

export const runHandlers = (deps: MlflowTrackingDeps): Handlers => ({
  ...lifeHandlers(deps),
  ...linkHandlers(deps),
  ...loggingHandlers(deps),
  getRun: async ({ message }) => ({ run: wireRun(await getRun(deps, message.run_id), deps.artifactBucket) }),
  searchRuns: async ({ message }) => {
    const search = searchOf(message, MAX_RESULTS);
    const { items, nextPageToken } = await searchRuns(deps, {
      ...search,
      filter: storedFilter(search.filter, deps.artifactBucket),
      experimentIds: message.experiment_ids,
      view: message.run_view_type,
    });
    return { runs: items.map((run) => wireRun(run, deps.artifactBucket)), next_page_token: nextPageToken };
  },
});
