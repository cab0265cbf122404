import type { Experiment } from '#contracts/tracking.ts';
import { isPlatformError, PlatformError } from '../shared/errors.ts';
import { DEFAULT_EXPERIMENT, readDefaultExperiment, storeDefaultExperiment } from './default-experiment.ts';
import type { Reading, TrackingDeps } from './ports.ts';
import { checkExperimentName, checkExperimentTags, checkLength, invalid } from './rules.ts';

export interface NewExperiment {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** s3://bucket/… @default s3://{artifactBucket}/{experimentId} */
  readonly artifactLocation?: string | undefined;
}

// 18 decimal digits that grow with time: MLflow's clients take numbers as text, and the newest sort last.
const newExperimentId = ({ clock, ids }: TrackingDeps): string => {
  const tail = Number.parseInt(ids.hex32().slice(0, 8), 16) % 100_000;
  return `${clock.now().getTime()}${String(tail).padStart(5, '0')}`;
};

const MAX_LOCATION = 2_048;
/** @throws INVALID_REQUEST: another scheme would let a caller point the platform at hosts of their choice */
const givenLocation = (location: string): string => {
  if (!/^s3:\/\/[a-z0-9.-]{3,63}(\/[^?#]*)?$/.test(location) || /(^|\/)\.\.(\/|$)/.test(location))
    invalid(`artifact location "${location.slice(0, 200)}" must be s3://bucket/key; leave it out for the default`);
  checkLength('artifact location', location, MAX_LOCATION);
  return location.replace(/\/+$/, '');
};

const defaultLocation = ({ artifactBucket }: TrackingDeps, name: string, experimentId: string): string => {
  if (artifactBucket) return `s3://${artifactBucket}/${experimentId}`;
  throw new PlatformError('INTERNAL', `experiment "${name}" needs an artifact bucket; give deps.artifactBucket`);
};

/**
 * Creates an experiment whose artifacts lie at s3://{artifactBucket}/{experimentId}.
 * @throws EXPERIMENT_EXISTS when the name is taken, INVALID_REQUEST
 * @example await createExperiment(deps, { name: 'churn' })
 */
export const createExperiment = async (deps: TrackingDeps, wanted: NewExperiment): Promise<Experiment> => {
  const { name, tags = {}, artifactLocation } = wanted;
  checkExperimentName(name);
  checkExperimentTags(tags);
  await storeDefaultExperiment(deps);
  const now = deps.clock.now().getTime();
  const experimentId = newExperimentId(deps);
  const experiment: Experiment = {
    experimentId,
    name,
    artifactLocation: artifactLocation ? givenLocation(artifactLocation) : defaultLocation(deps, name, experimentId),
    lifecycleStage: 'active',
    creationTimeMs: now,
    lastUpdateTimeMs: now,
    tags: { ...tags },
  };
  await deps.tracking.createExperiment(experiment);
  return experiment;
};

/** Of callers at once, one restores it. */
const activeAgain = async (deps: TrackingDeps, found: Experiment): Promise<Experiment> => {
  if (found.lifecycleStage === 'active') return found;
  try {
    await restoreExperiment(deps, found.experimentId);
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'EXPERIMENT_NOT_FOUND') throw error;
  }
  return getActiveExperiment(deps, found.experimentId);
};

/**
 * The experiment of that name, ready to be written to: made when it is not there, restored when somebody deleted it; two
 * callers at once get the same one.
 */
export const ensureExperiment = async (deps: TrackingDeps, wanted: NewExperiment): Promise<Experiment> => {
  const known = await deps.tracking.findExperimentByName(wanted.name);
  if (known) return activeAgain(deps, known);
  try {
    return await createExperiment(deps, wanted);
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'EXPERIMENT_EXISTS') throw error;
    return activeAgain(deps, await getExperimentByName(deps, wanted.name));
  }
};

/** Deleted ones too. @throws EXPERIMENT_NOT_FOUND */
export const getExperimentByName = async (deps: Reading & Partial<TrackingDeps>, name: string): Promise<Experiment> => {
  const found = await deps.tracking.findExperimentByName(name);
  if (found) return found;
  const made = name === DEFAULT_EXPERIMENT.name ? await readDefaultExperiment(deps) : undefined;
  if (made?.name === name) return made;
  throw new PlatformError('EXPERIMENT_NOT_FOUND', `there is no experiment named "${name}"`, { name });
};

const noExperiment = (experimentId: string, stage = ''): PlatformError => {
  const message = `there is no ${stage && `${stage} `}experiment "${experimentId}"; GET /experiments lists those that exist`;
  return new PlatformError('EXPERIMENT_NOT_FOUND', message, { experimentId });
};

/** Deleted ones too. @throws EXPERIMENT_NOT_FOUND */
export const getExperiment = async (
  deps: Reading & Partial<TrackingDeps>,
  experimentId: string,
): Promise<Experiment> => {
  const isDefault = experimentId === DEFAULT_EXPERIMENT.experimentId;
  const found = await (isDefault ? readDefaultExperiment(deps) : deps.tracking.findExperiment(experimentId));
  if (!found) throw noExperiment(experimentId);
  return found;
};

/** For who is about to write: what is found is stored. @throws EXPERIMENT_NOT_FOUND */
const storedExperiment = async (deps: Reading & Partial<TrackingDeps>, experimentId: string): Promise<Experiment> => {
  if (experimentId === DEFAULT_EXPERIMENT.experimentId) await storeDefaultExperiment(deps);
  return getExperiment(deps, experimentId);
};

/** @throws EXPERIMENT_NOT_FOUND, INVALID_REQUEST when it is deleted */
export const getActiveExperiment = async (
  deps: Reading & Partial<TrackingDeps>,
  experimentId: string,
): Promise<Experiment> => {
  const found = await storedExperiment(deps, experimentId);
  if (found.lifecycleStage !== 'active')
    invalid(`experiment "${experimentId}" is deleted; restore it before writing to it`, { experimentId });
  return found;
};

/** @throws EXPERIMENT_NOT_FOUND, EXPERIMENT_EXISTS, EXPERIMENT_DELETED */
export const renameExperiment = async (deps: TrackingDeps, experimentId: string, name: string): Promise<void> => {
  checkExperimentName(name);
  const { name: before } = await storedExperiment(deps, experimentId);
  const atMs = deps.clock.now().getTime();
  if (await deps.tracking.renameExperiment(experimentId, { name, atMs })) return;
  const message = `experiment "${before}" is deleted and keeps its name; restore it first`;
  throw new PlatformError('EXPERIMENT_DELETED', message, { experimentId });
};

/** Takes its runs along; its name stays taken. @throws EXPERIMENT_NOT_FOUND when it is not there or deleted already */
export const deleteExperiment = async (deps: TrackingDeps, experimentId: string): Promise<void> => {
  await storedExperiment(deps, experimentId);
  const atMs = deps.clock.now().getTime();
  if (await deps.tracking.setExperimentStage(experimentId, { stage: 'deleted', atMs })) return;
  throw noExperiment(experimentId, 'active');
};

/** Brings all its runs back, as MLflow does: also those deleted one by one. @throws EXPERIMENT_NOT_FOUND */
export const restoreExperiment = async (deps: TrackingDeps, experimentId: string): Promise<void> => {
  const atMs = deps.clock.now().getTime();
  if (await deps.tracking.setExperimentStage(experimentId, { stage: 'active', atMs })) return;
  throw noExperiment(experimentId, 'deleted');
};

/** @throws EXPERIMENT_NOT_FOUND, INVALID_REQUEST */
export const setExperimentTag = async (
  deps: Reading & Partial<TrackingDeps>,
  experimentId: string,
  { key, value }: { readonly key: string; readonly value: string },
): Promise<void> => {
  checkExperimentTags({ [key]: value });
  await getActiveExperiment(deps, experimentId);
  if (await deps.tracking.setExperimentTag(experimentId, key, value)) return;
  throw noExperiment(experimentId, 'active');
};

/** @throws EXPERIMENT_NOT_FOUND, TAG_NOT_FOUND, INVALID_REQUEST */
export const deleteExperimentTag = async (
  deps: Reading & Partial<TrackingDeps>,
  experimentId: string,
  key: string,
): Promise<void> => {
  await getActiveExperiment(deps, experimentId);
  if (await deps.tracking.deleteExperimentTag(experimentId, key)) return;
  throw new PlatformError('TAG_NOT_FOUND', `experiment "${experimentId}" has no tag "${key}"`, { key });
};
