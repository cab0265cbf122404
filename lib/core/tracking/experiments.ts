import type { Page, PageQuery } from '#contracts/common.ts';
import type { Experiment } from '#contracts/tracking.ts';
import { isPlatformError, PlatformError } from '../shared/errors.ts';
import type { TrackingDeps } from './ports.ts';

export interface NewExperiment {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
}

// 18 decimal digits that grow with time: MLflow's clients take numbers as text, and the newest sort last.
const newExperimentId = ({ clock, ids }: TrackingDeps): string => {
  const tail = Number.parseInt(ids.hex32().slice(0, 8), 16) % 100_000;
  return `${clock.now().getTime()}${String(tail).padStart(5, '0')}`;
};

/**
 * Creates an experiment whose artifacts lie at s3://{artifactBucket}/{experimentId}.
 * @throws EXPERIMENT_EXISTS when the name is taken
 * @example await createExperiment(deps, { name: 'churn' })
 */
export const createExperiment = async (deps: TrackingDeps, { name, tags }: NewExperiment): Promise<Experiment> => {
  if (!deps.artifactBucket)
    throw new PlatformError('INTERNAL', `experiment "${name}" needs an artifact bucket; give deps.artifactBucket`);
  const now = deps.clock.now().getTime();
  const experimentId = newExperimentId(deps);
  const experiment: Experiment = {
    experimentId,
    name,
    artifactLocation: `s3://${deps.artifactBucket}/${experimentId}`,
    lifecycleStage: 'active',
    creationTimeMs: now,
    lastUpdateTimeMs: now,
    tags: { ...tags },
  };
  await deps.tracking.createExperiment(experiment);
  return experiment;
};

/** The experiment of that name, made when it is not there; two callers at once get the same one. */
export const ensureExperiment = async (deps: TrackingDeps, wanted: NewExperiment): Promise<Experiment> => {
  const known = await deps.tracking.findExperimentByName(wanted.name);
  if (known) return known;
  try {
    return await createExperiment(deps, wanted);
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'EXPERIMENT_EXISTS') throw error;
    return requireExperimentNamed(deps, wanted.name);
  }
};

const requireExperimentNamed = async (deps: TrackingDeps, name: string): Promise<Experiment> => {
  const found = await deps.tracking.findExperimentByName(name);
  if (!found) throw new PlatformError('EXPERIMENT_NOT_FOUND', `there is no experiment named "${name}"`, { name });
  return found;
};

/** @throws EXPERIMENT_NOT_FOUND */
export const getExperiment = async (
  deps: Pick<TrackingDeps, 'tracking'>,
  experimentId: string,
): Promise<Experiment> => {
  const found = await deps.tracking.findExperiment(experimentId);
  if (found) return found;
  const message = `there is no experiment "${experimentId}"; GET /experiments lists those that exist`;
  throw new PlatformError('EXPERIMENT_NOT_FOUND', message, { experimentId });
};

/** Newest first. */
export const listExperiments = (deps: Pick<TrackingDeps, 'tracking'>, page: PageQuery): Promise<Page<Experiment>> =>
  deps.tracking.listExperiments(page);
