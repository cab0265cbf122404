import type { Int64 } from '#contracts/common.ts';
import { PlatformError } from '#core/shared/index.ts';
import { getMetricHistoryBulk, type PointOfRun, type Reading } from '#core/tracking/index.ts';

/** A sample of one metric of several runs, as the UI's charts ask for it. */
export interface SampleQuery {
  readonly run_ids: readonly string[];
  readonly metric_key: string;
  readonly start_step?: Int64 | undefined;
  readonly end_step?: Int64 | undefined;
  readonly max_results: number;
}

const MAX_RESULTS = 2_500;
const MAX_RUNS = 100;
// What a function holds in memory and a browser draws.
const MAX_POINTS = 100_000;
// Whole histories are read to be thinned out, so only some lie in memory at once.
const RUNS_AT_ONCE = 8;
const refuse = (message: string): never => {
  throw new PlatformError('INVALID_REQUEST', message);
};

/** @throws INVALID_REQUEST */
const checkQuery = ({ run_ids, start_step, end_step, max_results }: SampleQuery): void => {
  if (run_ids.length === 0) refuse("Missing value for required parameter 'run_ids'.");
  if (run_ids.length > MAX_RUNS) refuse(`run_ids must name at most ${MAX_RUNS} runs, got ${run_ids.length}`);
  if (max_results < 1 || max_results > MAX_RESULTS)
    refuse(`max_results must be between 1 and ${MAX_RESULTS}, got ${max_results}`);
  if (start_step !== undefined && end_step !== undefined && start_step > end_step)
    refuse(`end_step must be greater than start_step. Found start_step=${start_step} and end_step=${end_step}.`);
};

/** Of many runs fewer points each, so that all together are not too many. @throws INVALID_REQUEST, RUN_NOT_FOUND */
export const samplePoints = async (deps: Reading, query: SampleQuery): Promise<PointOfRun[]> => {
  checkQuery(query);
  const { run_ids, metric_key, start_step, end_step, max_results } = query;
  const maxResults = Math.min(max_results, Math.floor(MAX_POINTS / run_ids.length));
  const range = { key: metric_key, maxResults, startStep: start_step, endStep: end_step };
  const points: PointOfRun[][] = [];
  for (let at = 0; at < run_ids.length; at += RUNS_AT_ONCE)
    points.push(await getMetricHistoryBulk(deps, { ...range, runIds: run_ids.slice(at, at + RUNS_AT_ONCE) }));
  return points.flat();
};

/** A point as the REST API writes it. */
export const wirePoint = ({ key, value, timestampMs, step, runId }: PointOfRun) => ({
  key,
  value,
  timestamp: timestampMs,
  step,
  run_id: runId,
});
