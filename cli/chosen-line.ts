import type { PipelineRun } from '#contracts/pipelines.ts';
import { candidateRow } from '#core/training/card/candidate-row.ts';
import type { MlopsClient } from '#sdk/index.ts';
import { runNamed } from './run-named.ts';

const describe = async (mlops: MlopsClient, pipelineRun: string): Promise<string | undefined> => {
  const { info, params, tags } = await runNamed(mlops, pipelineRun);
  const { childRunId, model, modelVersion } = tags;
  if (childRunId === undefined || modelVersion === undefined) return undefined;
  const { candidate, test } = candidateRow(await runNamed(mlops, childRunId));
  const { metric = '' } = params;
  const value = test[metric];
  return [
    `chosen: ${candidate}`,
    ...(value === undefined ? [] : [`test ${metric} ${Number(value.toPrecision(5))}`]),
    `${model} version ${modelVersion}`,
    `run ${info.runId}`,
  ].join('  ');
};

/**
 * What a training came to; undefined for other pipelines, where nothing was registered, and where it cannot be read:
 * the training ended well without it.
 * @example // 'chosen: lightgbm  test roc_auc 0.84  churn version 3  run 6f0b…'
 */
export const chosenLine = async (mlops: MlopsClient, run: PipelineRun): Promise<string | undefined> =>
  run.pipeline === 'training' && run.status === 'SUCCEEDED'
    ? describe(mlops, run.runId).catch(() => undefined)
    : undefined;
