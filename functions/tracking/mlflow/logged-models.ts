import { type loggedModelRoutes, loggedModelStatuses } from '#contracts/mlflow/logged-models.ts';
import { LoggedModelStatus } from '#contracts/tracking.ts';
import {
  createLoggedModel,
  deleteLoggedModel,
  deleteLoggedModelTag,
  finalizeLoggedModel,
  getLoggedModel,
  logLoggedModelParams,
  requireLoggedModel,
  searchLoggedModels,
  setLoggedModelTags,
} from '#core/tracking/index.ts';
import type { MlflowHandlers } from '../../_shared/mlflow-http.ts';
import { recordOf } from '../../_shared/mlflow-pairs.ts';
import { searchOf, storedFilter } from '../../_shared/mlflow-search.ts';
import type { MlflowTrackingDeps } from './deps.ts';
import { wireLoggedModel } from './entities.ts';

type Handlers = MlflowHandlers<typeof loggedModelRoutes>;
const MAX_RESULTS = 50_000;

const statusOf = (wire: (typeof loggedModelStatuses)[number]): LoggedModelStatus =>
  LoggedModelStatus.options[loggedModelStatuses.indexOf(wire)] ?? 'PENDING';

const textHandlers = (deps: MlflowTrackingDeps) =>
  ({
    setLoggedModelTags: async ({ path, message }) => {
      await setLoggedModelTags(deps, path.model_id, recordOf(message.tags));
      return {};
    },
    deleteLoggedModelTag: async ({ path }) => {
      await deleteLoggedModelTag(deps, path.model_id, path.key);
      return {};
    },
    logLoggedModelParams: async ({ path, message }) => {
      await logLoggedModelParams(deps, path.model_id, recordOf(message.params));
      return {};
    },
  }) satisfies Partial<Handlers>;

const searchHandlers = (deps: MlflowTrackingDeps) =>
  ({
    searchLoggedModels: async ({ message }) => {
      const orderBy = message.order_by.map(({ field_name, ascending, dataset_name, dataset_digest }) => ({
        fieldName: field_name,
        ascending,
        datasetName: dataset_name || undefined,
        datasetDigest: dataset_digest || undefined,
      }));
      const search = searchOf({ ...message, order_by: undefined }, MAX_RESULTS);
      const { items, nextPageToken } = await searchLoggedModels(deps, {
        ...search,
        filter: storedFilter(search.filter, deps.artifactBucket),
        orderBy,
        experimentIds: message.experiment_ids,
        datasets: message.datasets.map(({ dataset_name, dataset_digest }) => ({
          datasetName: dataset_name,
          datasetDigest: dataset_digest || undefined,
        })),
      });
      const models = items.map((model) => wireLoggedModel(model, deps.artifactBucket));
      return { models, next_page_token: nextPageToken };
    },
  }) satisfies Partial<Handlers>;

export const loggedModelHandlers = (deps: MlflowTrackingDeps): Handlers => ({
  ...textHandlers(deps),
  ...searchHandlers(deps),
  createLoggedModel: async ({ message }) => {
    const model = await createLoggedModel(deps, {
      experimentId: message.experiment_id,
      name: message.name || undefined,
      modelType: message.model_type,
      sourceRunId: message.source_run_id,
      params: recordOf(message.params),
      tags: recordOf(message.tags),
    });
    return { model: wireLoggedModel(model, deps.artifactBucket) };
  },
  getLoggedModel: async ({ path, message }) => {
    const find = message.allow_deleted ? requireLoggedModel : getLoggedModel;
    return { model: wireLoggedModel(await find(deps, path.model_id), deps.artifactBucket) };
  },
  finalizeLoggedModel: async ({ path, message }) => {
    const model = await finalizeLoggedModel(deps, path.model_id, statusOf(message.status));
    return { model: wireLoggedModel(model, deps.artifactBucket) };
  },
  deleteLoggedModel: async ({ path }) => {
    await deleteLoggedModel(deps, path.model_id);
    return {};
  },
});
