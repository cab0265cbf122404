import type { PipelineRun } from '#contracts/pipelines.ts';
import type { CandidateName } from '#contracts/problems.ts';
import type { Run } from '#contracts/tracking.ts';
import { trainingSteps } from '#contracts/training-steps.ts';
import type { MlopsClient } from '#sdk/index.ts';
import { childRunsOf } from './training-runs.ts';

const Begun = trainingSteps.prepareReproduction.output.pick({ experimentId: true, runId: true });

/** Id of the training's run; undefined before the candidates train and after. */
export const trainingUnderWay = ({ stages }: PipelineRun): string | undefined => {
  if (!stages.some(({ name, status }) => name === 'TrainCandidates' && status === 'RUNNING')) return undefined;
  for (const { output } of stages) {
    const begun = Begun.safeParse(output);
    if (begun.success) return begun.data.runId;
  }
  return undefined;
};

const STACKING = 'stacking' satisfies CandidateName;
const metric = ({ metrics }: Run, key: string) => metrics.find((one) => one.key === key);

/**
 * How far a candidate is, undefined before its first trial.
 * @example progressLine(run, '10') // 'lightgbm                trial 3 of 10  best 0.8412  12 s'
 */
export const progressLine = (run: Run, trials: string | undefined): string | undefined => {
  const trial = metric(run, 'best_score') ?? metric(run, 'trial_score');
  if (!trial) return undefined;
  const name = run.tags.candidate ?? run.info.runName;
  // A stack looks for nothing: it is measured once.
  const of = trials === undefined || name === STACKING ? '' : ` of ${trials}`;
  const best = metric(run, 'best_score');
  const elapsed = metric(run, 'elapsed_seconds');
  return [
    `${name.padEnd(24)}trial ${Number(trial.step) + 1}${of}`,
    ...(best ? [`best ${Number(best.value.toPrecision(5))}`] : []),
    ...(elapsed ? [`${Math.round(elapsed.value)} s`] : []),
  ].join('  ');
};

/** Runs of the candidates; what is made once more is its own and only one. */
const runsOf = async (mlops: MlopsClient, training: Run): Promise<Run[]> =>
  training.tags.reproduces === undefined
    ? childRunsOf(mlops, training.info)
    : [await mlops.tracking.getRun({ path: { runId: training.info.runId } })];

/** A training's own run, whose options and start do not change: read once. */
const trainingRuns = ({ tracking }: MlopsClient) => {
  const known = new Map<string, Run>();
  return async (runId: string): Promise<Run> => {
    const run = known.get(runId) ?? (await tracking.getRun({ path: { runId } }));
    known.set(runId, run);
    return run;
  };
};

/**
 * Tells each candidate's trials while they train: hand it every look at the pipeline's run. What cannot be read is not
 * told, since the training goes on without it.
 */
export const progressTeller = (mlops: MlopsClient, say: (line: string) => void) => {
  const told = new Map<string, string>();
  const trainingOf = trainingRuns(mlops);
  const tellAll = async (runId: string): Promise<void> => {
    const training = await trainingOf(runId);
    for (const run of await runsOf(mlops, training)) {
      const line = progressLine(run, training.params.trials);
      const trial = line?.match(/trial \d+/)?.[0];
      if (line === undefined || trial === undefined || told.get(run.info.runId) === trial) continue;
      told.set(run.info.runId, trial);
      say(`          ${line}`);
    }
  };
  return async (run: PipelineRun): Promise<void> => {
    const runId = trainingUnderWay(run);
    if (runId !== undefined) await tellAll(runId).catch(() => undefined);
  };
};
