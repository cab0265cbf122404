import type { experimentRoutes } from '#contracts/mlflow/experiments.ts';
import {
  createExperiment,
  deleteExperiment,
  deleteExperimentTag,
  getExperiment,
  getExperimentByName,
  renameExperiment,
  restoreExperiment,
  searchExperiments,
  setExperimentTag,
} from '#core/tracking/index.ts';
import { storedUri } from '../../_shared/mlflow-artifact-uri.ts';
import { inMlflowTerms } from '../../_shared/mlflow-errors.ts';
import type { MlflowHandlers } from '../../_shared/mlflow-http.ts';
import { recordOf } from '../../_shared/mlflow-pairs.ts';
import { searchOf } from '../../_shared/mlflow-search.ts';
import type { MlflowTrackingDeps } from './deps.ts';
import { wireExperiment } from './entities.ts';

const MAX_RESULTS = 50_000;

const locationOf = ({ artifactBucket: bucket }: MlflowTrackingDeps, location: string | undefined) =>
  location ? storedUri(location, { bucket, field: 'artifact_location' }) : undefined;

const reading = (deps: MlflowTrackingDeps) =>
  ({
    getExperiment: async ({ message }) => ({
      experiment: wireExperiment(await getExperiment(deps, message.experiment_id), deps.artifactBucket),
    }),
    getExperimentByName: async ({ message }) => ({
      experiment: wireExperiment(await getExperimentByName(deps, message.experiment_name), deps.artifactBucket),
    }),
    searchExperiments: async ({ message }) => {
      const search = searchOf(message, MAX_RESULTS);
      const { items, nextPageToken } = await searchExperiments(deps, { ...search, view: message.view_type });
      const experiments = items.map((experiment) => wireExperiment(experiment, deps.artifactBucket));
      return { experiments, next_page_token: nextPageToken };
    },
  }) satisfies Partial<MlflowHandlers<typeof experimentRoutes>>;

export const experimentHandlers = (deps: MlflowTrackingDeps): MlflowHandlers<typeof experimentRoutes> => ({
  ...reading(deps),
  createExperiment: async ({ message: { name, artifact_location, tags } }) => {
    const artifactLocation = locationOf(deps, artifact_location);
    const { experimentId } = await createExperiment(deps, { name, tags: recordOf(tags), artifactLocation });
    return { experiment_id: experimentId };
  },
  updateExperiment: async ({ message }) => {
    const rename = () => renameExperiment(deps, message.experiment_id, message.new_name);
    await inMlflowTerms(rename, { EXPERIMENT_DELETED: 'INVALID_STATE' });
    return {};
  },
  deleteExperiment: async ({ message }) => {
    await deleteExperiment(deps, message.experiment_id);
    return {};
  },
  restoreExperiment: async ({ message }) => {
    await restoreExperiment(deps, message.experiment_id);
    return {};
  },
  setExperimentTag: async ({ message: { experiment_id, key, value } }) => {
    await setExperimentTag(deps, experiment_id, { key, value });
    return {};
  },
  deleteExperimentTag: async ({ message }) => {
    await deleteExperimentTag(deps, message.experiment_id, message.key);
    return {};
  },
});
