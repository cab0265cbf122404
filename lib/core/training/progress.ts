import type { MetricPoint, Run } from '#contracts/tracking.ts';
import { TrainingProgress, trainingFiles } from '#contracts/training.ts';
import { logInBatches } from './log-in-batches.ts';
import type { RunDeps } from './ports.ts';
import { readQuietly } from './results.ts';
import { trialPoints } from './trial-points.ts';

const MS = 1_000;

/** Points of trials that the run does not show yet, so that five hundred trials are not written five hundred times. */
const newPoints = (shown: readonly MetricPoint[], points: readonly MetricPoint[]): MetricPoint[] => {
  const last = shown.find(({ key }) => key === 'best_score')?.step ?? -1;
  return points.filter(({ step }) => step > last);
};

type Deps = Pick<RunDeps, 'tracking' | 'documents'>;

interface Followed {
  readonly run: Run;
  readonly progress: TrainingProgress;
}

/**
 * What a task says at this address of a run that is still running. Whoever may keep files with a run may name one so:
 * only what lies where the run's own task writes is believed.
 */
const followed = async ({ tracking, documents }: Deps, uri: string): Promise<Followed | undefined> => {
  const progress = TrainingProgress.safeParse(await readQuietly(documents, uri));
  const run = progress.success ? await tracking.tracking.findRun(progress.data.runId) : undefined;
  if (!progress.success || run?.info.lifecycleStage !== 'active' || run.info.status !== 'RUNNING') return undefined;
  return uri === `${run.info.artifactUri}/${trainingFiles.progress}` ? { run, progress: progress.data } : undefined;
};

/**
 * Shows how far a task is on its run, as its file at this address says by now: trial_score and best_score by trial,
 * elapsed_seconds by how many have finished. Told twice, or after the run's end, it adds nothing.
 */
export const logProgress = async (deps: Deps, uri: string): Promise<void> => {
  const found = await followed(deps, uri);
  if (!found) return;
  const { run, progress } = found;
  const { metric, elapsedSeconds, finished } = progress;
  const { startTimeMs: timestampMs } = run.info;
  const elapsed = {
    key: 'elapsed_seconds',
    value: elapsedSeconds,
    timestampMs: timestampMs + Math.round(elapsedSeconds * MS),
    step: finished.length,
  };
  const trials = newPoints(run.metrics, trialPoints(finished, { metric, timestampMs }));
  await logInBatches(deps.tracking, run.info.runId, { metrics: [...trials, elapsed], params: {}, tags: {} });
};
