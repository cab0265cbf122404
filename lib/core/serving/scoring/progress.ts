import type { PipelineRun } from '#contracts/pipelines.ts';
import { scoringSteps } from '#contracts/scoring.ts';
import type { ObjectStore } from '#core/shared/index.ts';
import { doneShards } from './plan-file.ts';

const PLAN = 'Plan';

/**
 * How many shards of a scoring are done, those of earlier executions among them; undefined of other pipelines, and
 * before it is planned.
 */
export const scoringProgress = async (
  objects: ObjectStore,
  { pipeline, stages }: Pick<PipelineRun, 'pipeline' | 'stages'>,
): Promise<PipelineRun['progress']> => {
  if (pipeline !== 'scoring') return undefined;
  const output = stages.find(({ name }) => name === PLAN)?.output;
  const { data: plan } = scoringSteps.planScoring.output.safeParse(output);
  if (!plan?.scoresId || plan.skipped !== undefined) return undefined;
  const done = await doneShards({ objects }, { project: plan.project, scoresId: plan.scoresId });
  return { done: done.size, of: plan.done + plan.shards.length };
};
