import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { putItems } from '#adapters/aws/dynamo-table.ts';
import { textAttributes } from '#adapters/aws/dynamo-texts.ts';
import { bucketOf, LATEST_BUCKETS, partKey, placeOf } from '#adapters/aws/dynamo-tracking-keys.ts';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { latestOrder } from '#adapters/system/metric-order.ts';
import { systemClock, systemIds } from '#adapters/system/system.ts';
import type { RunBatch, RunInfo } from '#contracts/tracking.ts';
import { createRun, ensureExperiment, getRun, logBatch, searchRuns } from '#core/tracking/index.ts';
import { countRequests, type RequestCost } from './support/request-counter.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const texts = (what: string, count: number): Record<string, string> =>
  Object.fromEntries(numbers(count).map((i) => [`${what}_${i}`, `value ${i}`]));

const START = 1_700_000_000_000;
/** 1000 points of one metric or of a thousand, 100 params, 100 tags. */
const fullBatch = (keyOf: (i: number) => string): RunBatch => ({
  metrics: numbers(1_000).map((i) => ({ key: keyOf(i), value: i / 7, step: i, timestampMs: START + i })),
  params: texts('param', 100),
  tags: texts('tag', 100),
});

const PARAMS = 10;
const METRICS = 10;
const TAGS = 8;

const someRun = (experimentId: string, i: number) => {
  const runId = systemIds.hex32();
  const info: RunInfo = {
    runId,
    experimentId,
    runName: `bright-owl-${i}`,
    userId: 'data-scientist',
    status: 'FINISHED',
    startTimeMs: START + i * 1_000,
    endTimeMs: START + i * 1_000 + 500,
    artifactUri: `s3://platform-artifacts/${experimentId}/${runId}/artifacts`,
    lifecycleStage: 'active',
  };
  const metrics = numbers(METRICS).map((m) => ({
    key: `metric_${m}`,
    value: Math.sin(i * (m + 1)),
    step: 10,
    timestampMs: info.startTimeMs,
  }));
  return { info, metrics, params: texts('param', PARAMS), tags: texts('mlflow.tag', TAGS) };
};

/** A run's summary items just as the store writes them, so that ten thousand need no ten thousand transactions. */
const itemsOf = ({ info, metrics, ...given }: ReturnType<typeof someRun>) => {
  const place = placeOf(info);
  const points = [...Map.groupBy(metrics, ({ key }) => bucketOf(key, LATEST_BUCKETS))].map(([bucket, some]) => ({
    ...partKey(place, 'M', String(bucket)),
    ...Object.fromEntries(some.map((point) => [`m:${point.key}`, latestOrder(point)])),
  }));
  return [
    { ...partKey(place, 'A'), ...info, change: 0 },
    { ...partKey(place, 'D'), ...textAttributes(given) },
    ...points,
  ];
};

const SEEDED_AT_ONCE = 200;
const seed = async (client: DynamoDBDocumentClient, tableName: string, { experimentId, runs }: Seeding) => {
  for (let at = 0; at < runs; at += SEEDED_AT_ONCE) {
    const some = numbers(Math.min(SEEDED_AT_ONCE, runs - at)).map((i) => someRun(experimentId, at + i));
    await putItems({ client, name: tableName }, some.flatMap(itemsOf));
  }
};
interface Seeding {
  readonly experimentId: string;
  readonly runs: number;
}

const searches = {
  'search_runs, newest 100, no filter': {},
  'search_runs, first 100, filter on a metric, order by another': {
    filter: 'metrics.metric_1 > 0.5',
    orderBy: ['metrics.metric_2 DESC'],
  },
  'search_runs, first 100, filter on metric, param and tag': {
    filter: "metrics.metric_1 > 0.5 AND params.param_3 = 'value 3' AND tags.`mlflow.tag_1` LIKE 'value%'",
    orderBy: ['metrics.metric_2 DESC'],
  },
} as const;

/**
 * What the tracking store asks of DynamoDB, by operation: requests, round trips, bytes and capacity units, on an empty
 * table that the caller made (string keys pk and sk).
 * @example await measureTracking(documents, 'bench-table', 10_000)
 */
export const measureTracking = async (
  client: DynamoDBDocumentClient,
  tableName: string,
  runs: number,
): Promise<Record<string, RequestCost>> => {
  const deps = {
    tracking: dynamoTrackingStore(client, tableName),
    clock: systemClock,
    ids: systemIds,
    artifactBucket: 'platform-artifacts',
  };
  const cost = countRequests(client);
  const { experimentId } = await ensureExperiment(deps, { name: 'bench' });
  const costs: Record<string, RequestCost> = {};
  const measure = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    cost();
    await work();
    costs[what] = cost();
  };
  const { info } = await createRun(deps, { experimentId });
  const one = { metrics: [{ key: 'loss', value: 1, step: 1, timestampMs: START }], params: {}, tags: {} };
  await measure('log_metric', () => logBatch(deps, info.runId, one));
  await measure('log_batch, 1000 points of one metric + 100 params + 100 tags', () =>
    logBatch(
      deps,
      info.runId,
      fullBatch(() => 'loss'),
    ),
  );
  await measure('log_batch, 1000 metrics', () =>
    logBatch(deps, info.runId, { ...fullBatch((i) => `layer_${i}`), params: {}, tags: {} }),
  );
  await seed(client, tableName, { experimentId, runs });
  await measure('get_run, 1001 metrics, 100 params, 100 tags', () => getRun(deps, info.runId));
  for (const [what, search] of Object.entries(searches))
    await measure(`${what}, of ${runs}`, () =>
      searchRuns(deps, { experimentIds: [experimentId], view: 'ACTIVE_ONLY', maxResults: 100, ...search }),
    );
  return costs;
};
