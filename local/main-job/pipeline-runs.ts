import { setTimeout as sleep } from 'node:timers/promises';
import type { PipelineName, PipelineRun } from '#contracts/pipelines.ts';
import { type MlopsClient, waitForRun } from '#sdk/index.ts';

export interface Watcher {
  readonly mlops: MlopsClient;
  readonly project: string;
  readonly say: (message: string) => void;
}

const describe = (run: PipelineRun) => {
  const running = run.stages.filter((stage) => stage.status === 'RUNNING').map((stage) => stage.name);
  return running.length > 0 ? `${run.pipeline} pipeline: ${running.join(', ')}` : `${run.pipeline} pipeline`;
};

/** Waits for a run's end; one that did not succeed is an error with its own reason. */
export const finished = async (watcher: Watcher, runId: string): Promise<PipelineRun> => {
  const onLook = (run: PipelineRun) => watcher.say(describe(run));
  const run = await waitForRun(watcher.mlops, runId, { intervalMs: 500, timeoutMs: 30 * 60_000, onLook });
  if (run.status === 'SUCCEEDED') return run;
  throw new Error(`${run.pipeline} pipeline ${run.status}: ${run.error ?? ''} ${run.cause ?? ''}`.trim());
};

/** Starts a pipeline and waits for its end. */
export const runPipeline = async (
  watcher: Watcher,
  pipeline: PipelineName,
  parameters: Record<string, unknown> = {},
): Promise<PipelineRun> => {
  const body = { project: watcher.project, parameters };
  const { runId } = await watcher.mlops.pipelines.startPipeline({ path: { pipeline }, body });
  return finished(watcher, runId);
};

const appearsWithinMs = 60_000;

/** Waits for a run that the platform itself starts (by a rule or a schedule), then for its end. */
export const startedByItself = async (watcher: Watcher, pipeline: PipelineName, since: Date): Promise<PipelineRun> => {
  const giveUpAt = Date.now() + appearsWithinMs;
  watcher.say(`waiting for the platform to start the ${pipeline} pipeline`);
  while (Date.now() < giveUpAt) {
    const query = { project: watcher.project, pipeline, maxResults: 20 };
    const { items } = await watcher.mlops.pipelines.listPipelineRuns({ query });
    const found = items.find((run) => new Date(run.startedAt) >= since);
    if (found) return finished(watcher, found.runId);
    await sleep(500);
  }
  throw new Error(`no ${pipeline} pipeline started by itself within ${appearsWithinMs / 1_000} s`);
};
