import type { PipelineRun } from '#contracts/pipelines.ts';
import { duration, table } from './output.ts';

const until = (ended: string | undefined) => (ended ? new Date(ended) : new Date());

/** A run with its stages, as people read it. */
export const describeRun = (run: PipelineRun): string => {
  const head = `${run.runId}  ${run.project}  ${run.status}  ${duration(new Date(run.startedAt), until(run.endedAt))}`;
  const rows = run.stages.map((stage) => [
    stage.name,
    stage.status,
    duration(new Date(stage.startedAt), until(stage.endedAt)),
    stage.error ?? '',
  ]);
  const failure = run.error ? `\n${run.error}: ${run.cause ?? ''}` : '';
  return `${head}\n${table(['stage', 'state', 'time', 'error'], rows)}${failure}`;
};

/** One line a run. */
export const listRuns = (runs: readonly PipelineRun[]): string =>
  table(
    ['run', 'project', 'state', 'started', 'error'],
    runs.map((run) => [run.runId, run.project, run.status, run.startedAt, run.error ?? '']),
  );
