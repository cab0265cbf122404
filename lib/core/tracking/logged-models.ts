import type { LoggedModel, LoggedModelStatus } from '#contracts/tracking.ts';
import { PlatformError } from '../shared/errors.ts';
import { getActiveExperiment } from './experiments.ts';
import type { Reading, TrackingDeps } from './ports.ts';
import { checkedParams, checkedTags, checkLoggedModelName } from './rules.ts';
import { randomName } from './run-names.ts';

type Texts = Readonly<Record<string, string>>;

export interface NewLoggedModel {
  readonly experimentId: string;
  /** @default one made up */
  readonly name?: string | undefined;
  readonly modelType?: string | undefined;
  readonly sourceRunId?: string | undefined;
  readonly params?: Texts | undefined;
  readonly tags?: Texts | undefined;
}

/**
 * Makes a place for a model that is about to be written: PENDING until it is finalized. Its files lie at
 * {artifactLocation}/models/{modelId}/artifacts.
 * @throws EXPERIMENT_NOT_FOUND, INVALID_REQUEST
 */
export const createLoggedModel = async (deps: TrackingDeps, wanted: NewLoggedModel): Promise<LoggedModel> => {
  if (wanted.name !== undefined) checkLoggedModelName(wanted.name);
  const { artifactLocation } = await getActiveExperiment(deps, wanted.experimentId);
  const modelId = `m-${deps.ids.hex32()}`;
  const now = deps.clock.now().getTime();
  const model: LoggedModel = {
    modelId,
    experimentId: wanted.experimentId,
    name: wanted.name ?? randomName(deps.ids),
    ...(wanted.modelType && { modelType: wanted.modelType }),
    ...(wanted.sourceRunId && { sourceRunId: wanted.sourceRunId }),
    status: 'PENDING',
    artifactUri: `${artifactLocation}/models/${modelId}/artifacts`,
    creationTimeMs: now,
    lastUpdateTimeMs: now,
    lifecycleStage: 'active',
    params: checkedParams(wanted.params ?? {}),
    tags: checkedTags(wanted.tags ?? {}),
    metrics: [],
  };
  await deps.tracking.createLoggedModel(model);
  return model;
};

/** Deleted ones too. @throws LOGGED_MODEL_NOT_FOUND */
export const requireLoggedModel = async (deps: Reading, modelId: string): Promise<LoggedModel> => {
  const found = await deps.tracking.findLoggedModel(modelId);
  if (found) return found;
  throw new PlatformError('LOGGED_MODEL_NOT_FOUND', `Logged model with ID '${modelId}' not found.`, { modelId });
};

/** @throws LOGGED_MODEL_NOT_FOUND, also when it is deleted */
export const getLoggedModel = async (deps: Reading, modelId: string): Promise<LoggedModel> => {
  const found = await requireLoggedModel(deps, modelId);
  if (found.lifecycleStage === 'active') return found;
  throw new PlatformError('LOGGED_MODEL_NOT_FOUND', `Logged model with ID '${modelId}' is deleted.`, { modelId });
};

type Changing = Pick<TrackingDeps, 'tracking' | 'clock'>;

/** Says whether its files are all there. @throws LOGGED_MODEL_NOT_FOUND */
export const finalizeLoggedModel = async (
  deps: Changing,
  modelId: string,
  status: LoggedModelStatus,
): Promise<LoggedModel> => {
  await requireLoggedModel(deps, modelId);
  await deps.tracking.updateLoggedModel(modelId, { status, lastUpdateTimeMs: deps.clock.now().getTime() });
  return requireLoggedModel(deps, modelId);
};

/** @throws LOGGED_MODEL_NOT_FOUND */
export const deleteLoggedModel = async (deps: Changing, modelId: string): Promise<void> => {
  await requireLoggedModel(deps, modelId);
  const lastUpdateTimeMs = deps.clock.now().getTime();
  await deps.tracking.updateLoggedModel(modelId, { lifecycleStage: 'deleted', lastUpdateTimeMs });
};

/** @throws LOGGED_MODEL_NOT_FOUND, INVALID_REQUEST */
export const setLoggedModelTags = async (deps: Reading, modelId: string, tags: Texts): Promise<void> => {
  const checked = checkedTags(tags);
  await requireLoggedModel(deps, modelId);
  await deps.tracking.describeLoggedModel(modelId, { params: {}, tags: checked });
};

/** @throws LOGGED_MODEL_NOT_FOUND, TAG_NOT_FOUND */
export const deleteLoggedModelTag = async (deps: Reading, modelId: string, key: string): Promise<void> => {
  await requireLoggedModel(deps, modelId);
  if (await deps.tracking.deleteLoggedModelTag(modelId, key)) return;
  throw new PlatformError('TAG_NOT_FOUND', `logged model "${modelId}" has no tag "${key}"`, { modelId, key });
};

/** @throws LOGGED_MODEL_NOT_FOUND, INVALID_REQUEST, PARAM_CHANGED (then nothing is written) */
export const logLoggedModelParams = async (deps: Reading, modelId: string, params: Texts): Promise<void> => {
  const checked = checkedParams(params);
  await requireLoggedModel(deps, modelId);
  await deps.tracking.describeLoggedModel(modelId, { params: checked, tags: {} });
};
