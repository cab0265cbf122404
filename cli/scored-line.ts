import type { PipelineRun } from '#contracts/pipelines.ts';
import { scoringSteps } from '#contracts/scoring.ts';

const { planScoring, finishScoring } = scoringSteps;

/**
 * What a batch scoring came to; undefined for other pipelines, and where it did not come to an end.
 * @example // 'scored: 7043 rows of features 3c26… by version 3, 0 refused  data set 5f0c…'
 */
export const scoredLine = ({ pipeline, output }: PipelineRun): string | undefined => {
  if (pipeline !== 'scoring') return undefined;
  const { data: done } = finishScoring.output.safeParse(output);
  if (done)
    return `scored: ${done.rowCount} rows of features ${done.datasetId} by version ${done.modelVersion}, ${done.refused} refused  data set ${done.scoresId}`;
  const { data: planned } = planScoring.output.safeParse(output);
  return planned?.skipped === undefined ? undefined : `nothing to score: ${planned.skipped}`;
};
