import type { Run, RunInfo } from '#contracts/tracking.ts';
import type { MlopsClient } from '#sdk/index.ts';
import { readAll } from './read-all.ts';
import { runNamed } from './run-named.ts';

const PARENT = 'mlflow.parentRunId';

/** The run of a whole training, by its own id, its pipeline's or that of one of its candidates. @throws RUN_NOT_FOUND */
export const trainingOf = async (mlops: MlopsClient, given: string): Promise<Run> => {
  const run = await runNamed(mlops, given);
  const parent = run.tags[PARENT];
  return parent === undefined ? run : runNamed(mlops, parent);
};

/** Runs of a training's candidates. */
export const childRunsOf = (
  { tracking }: MlopsClient,
  { experimentId, runId, startTimeMs }: Pick<RunInfo, 'experimentId' | 'runId' | 'startTimeMs'>,
): Promise<Run[]> => {
  // None began before the training did: without that every run of the experiment is looked at.
  const filter = `tags.\`${PARENT}\` = '${runId}' AND start_time >= ${startTimeMs}`;
  return readAll((page) => tracking.listRuns({ path: { experimentId }, query: { ...page, filter } }));
};
