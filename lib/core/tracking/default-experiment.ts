import type { Experiment } from '#contracts/tracking.ts';
import { isPlatformError } from '../shared/errors.ts';
import type { Reading, TrackingDeps } from './ports.ts';

/** MLflow's clients log into experiment "0" unless told otherwise, and rely on its being there. */
export const DEFAULT_EXPERIMENT = { experimentId: '0', name: 'Default' } as const;

type Deps = Reading & Partial<TrackingDeps>;

const unstored = (artifactBucket: string, atMs: number): Experiment => ({
  ...DEFAULT_EXPERIMENT,
  artifactLocation: `s3://${artifactBucket}/${DEFAULT_EXPERIMENT.experimentId}`,
  lifecycleStage: 'active',
  creationTimeMs: atMs,
  lastUpdateTimeMs: atMs,
  tags: {},
});

/**
 * Experiment "0" for who only reads, and so may have no right to write: until someone writes to it, nothing of it is
 * stored and it is older than all others. Undefined where nobody said where artifacts lie.
 */
export const readDefaultExperiment = async ({ tracking, artifactBucket }: Deps): Promise<Experiment | undefined> => {
  const stored = await tracking.findExperiment(DEFAULT_EXPERIMENT.experimentId);
  return stored ?? (artifactBucket ? unstored(artifactBucket, 0) : undefined);
};

/** Experiment "0" for who is about to write: stored when it was not. */
export const storeDefaultExperiment = async (deps: Deps): Promise<void> => {
  const { tracking, clock, artifactBucket } = deps;
  if (!artifactBucket || (await tracking.findExperiment(DEFAULT_EXPERIMENT.experimentId))) return;
  // Before whatever is made next: it is the oldest of all.
  const atMs = (clock?.now().getTime() ?? 1) - 1;
  try {
    await tracking.createExperiment(unstored(artifactBucket, atMs));
  } catch (error) {
    // Someone else made it at the same moment, or the name is another experiment's.
    if (!isPlatformError(error) || error.code !== 'EXPERIMENT_EXISTS') throw error;
  }
};
