import type { registeredModelRoutes } from '#contracts/mlflow/registered-models.ts';
import type { RegisteredModel } from '#contracts/registry.ts';
import {
  createModel,
  deleteAlias,
  deleteModel,
  deleteModelTag,
  getModel,
  latestVersions,
  renameModel,
  searchModels,
  setAlias,
  setModelTag,
  updateModel,
  versionByAlias,
} from '#core/registry/index.ts';
import { inMlflowTerms } from '../../_shared/mlflow-errors.ts';
import type { MlflowHandlers } from '../../_shared/mlflow-http.ts';
import { recordOf } from '../../_shared/mlflow-pairs.ts';
import { searchOf } from '../../_shared/mlflow-search.ts';
import type { MlflowRegistryDeps } from './deps.ts';
import { wireModel, wireVersion } from './entities.ts';
import { stageNamed, versionNumber } from './fields.ts';

type Handlers = MlflowHandlers<typeof registeredModelRoutes>;
const MAX_RESULTS = 1_000;

const shown = async (deps: MlflowRegistryDeps, model: RegisteredModel) => ({
  registered_model: wireModel(
    { ...model, latestVersions: await latestVersions(deps, model.name) },
    deps.artifactBucket,
  ),
});

const changing = (deps: MlflowRegistryDeps) =>
  ({
    createRegisteredModel: async ({ message: { name, description, tags }, caller }) => {
      const model = await createModel(deps, { name, description, tags: recordOf(tags), by: caller.id });
      return { registered_model: wireModel(model, deps.artifactBucket) };
    },
    renameRegisteredModel: async ({ message, caller }) =>
      shown(deps, await renameModel(deps, { name: message.name, newName: message.new_name, by: caller.id })),
    updateRegisteredModel: async ({ message, caller }) =>
      shown(deps, await updateModel(deps, { ...message, by: caller.id })),
    deleteRegisteredModel: async ({ message, caller }) => {
      await deleteModel(deps, { name: message.name, by: caller.id });
      return {};
    },
    setRegisteredModelTag: async ({ message, caller }) => {
      await setModelTag(deps, { ...message, by: caller.id });
      return {};
    },
    deleteRegisteredModelTag: async ({ message, caller }) => {
      await deleteModelTag(deps, { ...message, by: caller.id });
      return {};
    },
  }) satisfies Partial<Handlers>;

const aliasing = (deps: MlflowRegistryDeps) =>
  ({
    setRegisteredModelAlias: async ({ message: { name, alias, version }, caller }) => {
      await setAlias(deps, { name, alias, version: versionNumber(version), by: caller.id });
      return {};
    },
    deleteRegisteredModelAlias: async ({ message: { name, alias }, caller }) => {
      await deleteAlias(deps, { name, alias, by: caller.id });
      return {};
    },
    getModelVersionByAlias: async ({ message: { name, alias } }) => {
      const find = () => versionByAlias(deps, name, alias);
      // MLflow's server answers an unknown alias so, and its clients expect it.
      const version = await inMlflowTerms(find, { ALIAS_NOT_FOUND: 'INVALID_PARAMETER_VALUE' });
      return { model_version: wireVersion(version, deps.artifactBucket) };
    },
  }) satisfies Partial<Handlers>;

export const registeredModelHandlers = (deps: MlflowRegistryDeps): Handlers => ({
  ...changing(deps),
  ...aliasing(deps),
  getRegisteredModel: async ({ message }) => shown(deps, await getModel(deps, message.name)),
  searchRegisteredModels: async ({ message }) => {
    const { items, nextPageToken } = await searchModels(deps, searchOf(message, MAX_RESULTS));
    const models = items.map((model) => wireModel(model, deps.artifactBucket));
    return { registered_models: models, next_page_token: nextPageToken };
  },
  getLatestVersions: async ({ message }) => {
    const versions = await latestVersions(deps, message.name, message.stages.map(stageNamed));
    return { model_versions: versions.map((version) => wireVersion(version, deps.artifactBucket)) };
  },
});
