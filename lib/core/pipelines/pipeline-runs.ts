import type { Page } from '#contracts/common.ts';
import { PipelineName, type PipelineRun } from '#contracts/pipelines.ts';
import { PlatformError } from '../shared/errors.ts';
import type { PipelineEngine, RunListQuery, RunStore } from './ports.ts';
import { stagesOf } from './stages.ts';

const noRun = (runId: string): PlatformError =>
  new PlatformError(
    'PIPELINE_RUN_NOT_FOUND',
    `there is no pipeline run "${runId}"; ids look like training.01J…, and GET /pipelines/runs lists them`,
    { runId },
  );

const splitRunId = (runId: string): { pipeline: PipelineName; executionName: string } => {
  const [first = '', ...rest] = runId.split('.');
  const pipeline = PipelineName.safeParse(first);
  const executionName = rest.join('.');
  if (!pipeline.success || !/^[\w-]{1,80}$/.test(executionName)) throw noRun(runId);
  return { pipeline: pipeline.data, executionName };
};

/** The project that an execution's input names. */
export const projectOf = (input: unknown): string => {
  const project = (input as { project?: unknown } | null | undefined)?.project;
  return typeof project === 'string' ? project : 'unknown';
};

export interface PipelineRunDeps {
  readonly engine: PipelineEngine;
  /** Tells how far a run's parts are, where its pipeline has some. */
  readonly progress?: (run: PipelineRun) => Promise<PipelineRun['progress']>;
}

/** One run with its stages, as the engine knows it now. @throws PIPELINE_RUN_NOT_FOUND */
export const getPipelineRun = async ({ engine, progress }: PipelineRunDeps, runId: string): Promise<PipelineRun> => {
  const { pipeline, executionName } = splitRunId(runId);
  const facts = await engine.describe(pipeline, executionName);
  if (!facts) throw noRun(runId);
  const stages = stagesOf(await engine.history(pipeline, executionName));
  const run = { runId, pipeline, project: projectOf(facts.input), ...facts, stages };
  const made = await progress?.(run);
  return made ? { ...run, progress: made } : run;
};

/** Newest first. */
export const listPipelineRuns = ({ runs }: { runs: RunStore }, query: RunListQuery): Promise<Page<PipelineRun>> =>
  runs.list(query);
