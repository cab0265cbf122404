import { systemDigest } from '#adapters/system/system.ts';
import type { Run } from '#contracts/tracking.ts';
import { parentRunId } from '#core/training/run-ids.ts';
import { type MlopsClient, PlatformRequestError } from '#sdk/index.ts';

const OF_PIPELINE = 'training.';

/** The run of an experiment that is meant: `training.01…`, as `mlp run` prints it, means the run of that training. */
const experimentRunId = (given: string): string =>
  given.startsWith(OF_PIPELINE) ? parentRunId(systemDigest, given.slice(OF_PIPELINE.length)) : given;

const inOwnWords = (failure: unknown, given: string): unknown => {
  if (!(failure instanceof PlatformRequestError && failure.code === 'RUN_NOT_FOUND')) return failure;
  const { status, code, details } = failure;
  const message = `there is no run "${given}"; \`mlp runs list NAME\` lists those of a project or an experiment`;
  return new PlatformRequestError(status, { code, message, details });
};

/**
 * A run by its own id or by that of the pipeline that made it.
 * @throws {PlatformRequestError} RUN_NOT_FOUND
 * @example await runNamed(mlops, 'training.01KXYZ')
 */
export const runNamed = async ({ tracking }: MlopsClient, given: string): Promise<Run> => {
  try {
    return await tracking.getRun({ path: { runId: experimentRunId(given) } });
  } catch (failure) {
    throw inOwnWords(failure, given);
  }
};
