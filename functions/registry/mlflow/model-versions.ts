import type { modelVersionRoutes } from '#contracts/mlflow/model-versions.ts';
import {
  deleteVersion,
  deleteVersionTag,
  getVersion,
  searchVersions,
  setVersionTag,
  transitionStage,
  updateVersion,
} from '#core/registry/index.ts';
import { shownUri } from '../../_shared/mlflow-artifact-uri.ts';
import type { MlflowHandlers } from '../../_shared/mlflow-http.ts';
import { searchOf, storedFilter } from '../../_shared/mlflow-search.ts';
import { createVersion } from './create-version.ts';
import type { MlflowRegistryDeps } from './deps.ts';
import { wireVersion } from './entities.ts';
import { checkArchiving, stageNamed, versionNumber } from './fields.ts';

type Handlers = MlflowHandlers<typeof modelVersionRoutes>;
const MAX_RESULTS = 200_000;

const changing = (deps: MlflowRegistryDeps) =>
  ({
    updateModelVersion: async ({ message: { name, version, description = '' }, caller }) => {
      const change = { name, version: versionNumber(version), description, by: caller.id };
      return { model_version: wireVersion(await updateVersion(deps, change), deps.artifactBucket) };
    },
    transitionModelVersionStage: async ({ message, caller }) => {
      const stage = stageNamed(message.stage);
      const archiveExisting = message.archive_existing_versions;
      checkArchiving(stage, archiveExisting);
      const version = versionNumber(message.version);
      const moved = await transitionStage(deps, { name: message.name, version, stage, archiveExisting, by: caller.id });
      return { model_version: wireVersion(moved, deps.artifactBucket) };
    },
    deleteModelVersion: async ({ message: { name, version }, caller }) => {
      await deleteVersion(deps, { name, version: versionNumber(version), by: caller.id });
      return {};
    },
    setModelVersionTag: async ({ message, caller }) => {
      await setVersionTag(deps, { ...message, version: versionNumber(message.version), by: caller.id });
      return {};
    },
    deleteModelVersionTag: async ({ message, caller }) => {
      await deleteVersionTag(deps, { ...message, version: versionNumber(message.version), by: caller.id });
      return {};
    },
  }) satisfies Partial<Handlers>;

export const modelVersionHandlers = (deps: MlflowRegistryDeps): Handlers => ({
  ...changing(deps),
  createModelVersion: async ({ message, caller }) => ({
    model_version: wireVersion(await createVersion(deps, message, caller.id), deps.artifactBucket),
  }),
  getModelVersion: async ({ message: { name, version } }) => ({
    model_version: wireVersion(await getVersion(deps, name, versionNumber(version)), deps.artifactBucket),
  }),
  getModelVersionDownloadUri: async ({ message: { name, version } }) => {
    const { storageLocation, source } = await getVersion(deps, name, versionNumber(version));
    return { artifact_uri: shownUri(storageLocation ?? source, deps.artifactBucket) };
  },
  searchModelVersions: async ({ message }) => {
    const search = searchOf(message, MAX_RESULTS);
    const filter = storedFilter(search.filter, deps.artifactBucket);
    const { items, nextPageToken } = await searchVersions(deps, { ...search, filter });
    const versions = items.map((version) => wireVersion(version, deps.artifactBucket));
    return { model_versions: versions, next_page_token: nextPageToken };
  },
});
