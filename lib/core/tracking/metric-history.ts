import type { Int64, Page } from '#contracts/common.ts';
import type { MetricPoint } from '#contracts/tracking.ts';
import type { Reading } from './ports.ts';
import { invalid } from './rules.ts';
import { requireRun } from './runs.ts';

export interface MetricQuery {
  readonly runId: string;
  readonly key: string;
  /** @default all */
  readonly maxResults?: number | undefined;
  readonly pageToken?: string | undefined;
}

/** Every point of a metric by time, then step, then value. @throws RUN_NOT_FOUND, INVALID_REQUEST */
export const getMetricHistory = async (deps: Reading, query: MetricQuery): Promise<Page<MetricPoint>> => {
  const { runId, key, maxResults = Number.POSITIVE_INFINITY, pageToken } = query;
  if (!(maxResults > 0)) invalid(`maxResults must be a positive whole number, got ${maxResults}`);
  await requireRun(deps, runId);
  return deps.tracking.metricHistory(runId, key, { maxResults, ...(pageToken && { pageToken }) });
};

export interface BulkQuery {
  readonly runIds: readonly string[];
  readonly key: string;
  /** Most points a run. */
  readonly maxResults: number;
  /** Both or none, inclusive. */
  readonly startStep?: Int64 | undefined;
  readonly endStep?: Int64 | undefined;
}
export type PointOfRun = MetricPoint & { readonly runId: string };

const MAX_RUNS = 100;

const compare = (a: MetricPoint, b: MetricPoint): number => {
  if (a.step !== b.step) return a.step < b.step ? -1 : 1;
  if (a.timestampMs !== b.timestampMs) return a.timestampMs < b.timestampMs ? -1 : 1;
  return (a.value || 0) - (b.value || 0);
};

/**
 * At most `count` of them, evenly spread: the first of each of `count` parts of equal size, and always the last.
 * @example evenlySpread([1, 2, 3, 4, 5], 3) // [1, 3, 5]
 */
export const evenlySpread = <T>(sorted: readonly T[], count: number): T[] => {
  const parts = Math.min(count, sorted.length);
  // As SQL's ntile deals them out: the first parts are one larger when it does not come out even.
  const [size, larger] = [Math.floor(sorted.length / parts), sorted.length % parts];
  const starts = Array.from({ length: parts }, (_, i) => i * size + Math.min(i, larger));
  if (starts.at(-1) !== sorted.length - 1) starts[parts - 1] = sorted.length - 1;
  return parts === 0 ? [] : starts.map((at) => sorted[at] as T);
};

const pointsBetween = async ({ tracking }: Reading, runId: string, query: BulkQuery): Promise<MetricPoint[]> => {
  const { items } = await tracking.metricHistory(runId, query.key, { maxResults: Number.POSITIVE_INFINITY });
  const { startStep, endStep } = query;
  if (startStep === undefined || endStep === undefined) return items;
  return items.filter(({ step }) => step >= startStep && step <= endStep);
};

/**
 * A sample of a metric of several runs, for charts: each run's points by step, thinned out evenly, first and last kept.
 * @throws RUN_NOT_FOUND, INVALID_REQUEST
 */
export const getMetricHistoryBulk = async (deps: Reading, query: BulkQuery): Promise<PointOfRun[]> => {
  if ((query.startStep === undefined) !== (query.endStep === undefined))
    invalid('start_step and end_step belong together: give both or none');
  if (query.runIds.length > MAX_RUNS)
    invalid(`at most ${MAX_RUNS} runs can be asked for at once, got ${query.runIds.length}`);
  await Promise.all(query.runIds.map((runId) => requireRun(deps, runId)));
  const ofRun = async (runId: string): Promise<PointOfRun[]> => {
    const points = (await pointsBetween(deps, runId, query)).sort(compare);
    return evenlySpread(points, Math.max(1, query.maxResults)).map((point) => ({ ...point, runId }));
  };
  return (await Promise.all(query.runIds.map(ofRun))).flat();
};
