import type { PipelineRun } from '#contracts/pipelines.ts';
import type { EventBus } from '../shared/ports.ts';
import type { Notices, RunStore } from './ports.ts';

export interface RecordDeps {
  readonly runs: RunStore;
  readonly events: EventBus;
  readonly notices: Notices;
  /** Ends what a training execution left running in tracking. */
  readonly endTracking: (ended: { execution: string; status: 'FAILED' | 'KILLED' }) => Promise<void>;
}

// The bus takes 256 KB an event; whoever needs all of a cause finds it in the run.
const CAUSE_CHARACTERS = 4_000;

const reportFailure = async ({ events, notices }: RecordDeps, run: PipelineRun): Promise<void> => {
  const { project, pipeline, runId } = run;
  const error = run.error ?? run.status;
  const cause = (run.cause ?? '').slice(0, CAUSE_CHARACTERS);
  await events.publish('PipelineFailed', { project, pipeline, runId, error, cause });
  await notices.send(
    `${pipeline} of ${project} failed`,
    `${runId} ended ${run.status}.\nError: ${error}\nCause: ${cause}`,
  );
};

const endTracking = async (deps: RecordDeps, { pipeline, runId, status }: PipelineRun): Promise<void> => {
  if (pipeline !== 'training') return;
  const execution = runId.slice(`${pipeline}.`.length);
  await deps.endTracking({ execution, status: status === 'ABORTED' ? 'KILLED' : 'FAILED' });
};

/**
 * Remembers what became of a run. A failure is told on the bus and to people before it is stored, so that a fault in
 * between repeats the telling rather than losing it; tracking runs of a training that failed end with it. A retrained model is told to people, too.
 */
export const recordRun = async (deps: RecordDeps, run: PipelineRun): Promise<void> => {
  if (run.status !== 'RUNNING' && run.status !== 'SUCCEEDED') {
    await endTracking(deps, run);
    await reportFailure(deps, run);
  }
  if (run.status === 'SUCCEEDED' && run.pipeline === 'training')
    await deps.notices.send(`training of ${run.project} succeeded`, `${run.runId} ended well.`);
  await deps.runs.save(run);
};
