import type { PipelineRun } from '#contracts/pipelines.ts';
import type { MlopsClient } from './client.ts';

export interface WaitOptions {
  /** @default 1000 */
  readonly intervalMs?: number;
  /** Gives up after that long; the run itself goes on. @default 2 hours */
  readonly timeoutMs?: number;
  /** Called with every look at the run; the next one waits for it. */
  readonly onLook?: (run: PipelineRun) => unknown;
}

/**
 * Waits until a pipeline run has ended, well or not.
 * @throws Error when the timeout passes first
 */
export const waitForRun = async (
  mlops: MlopsClient,
  runId: string,
  options: WaitOptions = {},
): Promise<PipelineRun> => {
  const { intervalMs = 1_000, timeoutMs = 7_200_000, onLook } = options;
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    const run = await mlops.pipelines.getPipelineRun({ path: { runId } });
    await onLook?.(run);
    if (run.status !== 'RUNNING') return run;
    if (Date.now() > giveUpAt)
      throw new Error(
        `run ${runId} is still running after ${timeoutMs / 1000} s; look again with: mlp status ${runId}`,
      );
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
};
