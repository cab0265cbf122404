import type { PlatformError } from '#core/shared/index.ts';
import { finishRun, logBatch } from '#core/tracking/index.ts';
import type { RunDeps } from './ports.ts';

// A tag ends at 8,000 characters in MLflow's contract.
const shortened = (text: string): string => text.slice(0, 5_000);

/** Ends a run as FAILED with the reason on it. */
export const failRun = async (
  { tracking }: RunDeps,
  runId: string,
  { code, reason }: { code: string; reason: string },
): Promise<void> => {
  const tags = { 'failure.code': code, 'failure.reason': shortened(reason) };
  await logBatch(tracking, runId, { metrics: [], params: {}, tags });
  await finishRun(tracking, runId, { status: 'FAILED' });
};

/** Ends the run with the error and throws it. */
export const refuse = async (deps: RunDeps, runId: string, error: PlatformError): Promise<never> => {
  await failRun(deps, runId, { code: error.code, reason: error.message });
  throw error;
};
