import { CandidateName } from '#contracts/problems.ts';
import type { Digest } from '#core/shared/index.ts';
import { finishRun, type RunEnd, type TrackingDeps } from '#core/tracking/index.ts';
import { childRunId, parentRunId } from './run-ids.ts';

export interface EndedExecution {
  readonly execution: string;
  readonly status: RunEnd['status'];
}

/**
 * Ends the tracking runs that an execution of the training pipeline left running, so that none runs for ever. Runs that
 * have ended stay as they are.
 * @example await endRuns(deps, { execution: '01J…', status: 'KILLED' })
 */
export const endRuns = async (
  { tracking, digest }: { readonly tracking: TrackingDeps; readonly digest: Digest },
  { execution, status }: EndedExecution,
): Promise<void> => {
  // Every candidate there can be: the project may have changed since the execution began.
  const children = CandidateName.options.map((candidate) => childRunId(digest, execution, candidate));
  for (const runId of [...children, parentRunId(digest, execution)]) {
    const info = await tracking.tracking.findRunInfo(runId);
    if (info?.status === 'RUNNING' && info.lifecycleStage === 'active') await finishRun(tracking, runId, { status });
  }
};
