import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { cloudWatchLookupMetrics } from '#adapters/aws/cloudwatch-lookup-metrics.ts';
import { cloudWatchViewMetrics } from '#adapters/aws/cloudwatch-view-metrics.ts';
import { featureMetrics } from '#contracts/features.ts';
import type { MeasuredView } from '#core/monitoring/index.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';

let client: CloudWatchClient;
beforeAll(async () => {
  client = new CloudWatchClient((await emulator()).config);
}, EMULATOR_START_MS);

// Recent, since CloudWatch takes nothing older than two weeks.
const minute = 60_000;
const from = new Date(Math.floor(Date.now() / minute) * minute - 30 * minute);
const minutes = (offset: number): Date => new Date(from.getTime() + offset * minute);

describe('look-ups in CloudWatch', () => {
  it('are summed by view over a time', async () => {
    const metrics = cloudWatchLookupMetrics(client);
    const count = (view: string, lookups: number, found: number) => ({ project: 'churn', view, lookups, found });
    await metrics.put([count('usage', 10, 9), count('billing', 4, 0)], minutes(1));
    await metrics.put([count('usage', 30, 11)], minutes(7));
    // Neither another time nor another project may be counted.
    await metrics.put([count('usage', 1_000, 1_000)], minutes(20));
    await metrics.put([{ ...count('usage', 1_000, 1_000), project: 'ads' }], minutes(2));
    const sums = await metrics.sums('churn', ['usage', 'billing', 'nobody'], { from, to: minutes(10) });
    expect(Object.fromEntries(sums)).toEqual({
      usage: { lookups: 40, found: 20 },
      billing: { lookups: 4, found: 0 },
    });
  });
});

describe('the metrics of measured views', () => {
  const measured: MeasuredView = {
    health: {
      project: 'churn',
      view: 'measured',
      version: 1,
      freshnessSeconds: 3_600,
      availability: 0.75,
      nullShare: { calls: 0.25 },
      driftedFeatures: [],
      measuredAt: from.toISOString(),
    },
    drift: [{ column: 'calls', test: 'ks', statistic: 0.1, pValue: 0.5, effect: 0.1, drifted: false }],
    lookups: 4,
    ttlSeconds: 7_200,
  };
  const read = async (view: string, metric: string, feature?: string): Promise<number | undefined> => {
    const Dimensions = [
      { Name: 'Project', Value: 'churn' },
      { Name: 'View', Value: view },
      ...(feature ? [{ Name: 'Feature', Value: feature }] : []),
    ];
    const Metric = { Namespace: featureMetrics.namespace, MetricName: metric, Dimensions };
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        StartTime: from,
        EndTime: minutes(5),
        MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat: 'Maximum' } }],
      }),
    );
    return MetricDataResults?.[0]?.Values?.[0];
  };

  it('say how fresh, found, filled and steady a view is', async () => {
    await cloudWatchViewMetrics(client).publish([measured], minutes(1));
    expect(await read('measured', featureMetrics.freshness)).toBe(3_600);
    expect(await read('measured', featureMetrics.staleness)).toBe(0.5);
    expect(await read('measured', featureMetrics.availability)).toBe(0.75);
    expect(await read('measured', featureMetrics.nullShare, 'calls')).toBe(0.25);
    expect(await read('measured', featureMetrics.drift, 'calls')).toBe(0.1);
  });

  it('say nothing of what is not known: a view that holds for ever is never stale', async () => {
    const { freshnessSeconds: _, availability: __, ...health } = measured.health;
    const unknown = { ...measured, health: { ...health, view: 'unknown', nullShare: {} }, drift: [] };
    const forEver = { ...measured, health: { ...measured.health, view: 'for_ever' }, ttlSeconds: 0 };
    await cloudWatchViewMetrics(client).publish([unknown, forEver], minutes(1));
    expect(await read('unknown', featureMetrics.freshness)).toBeUndefined();
    expect(await read('unknown', featureMetrics.availability)).toBeUndefined();
    expect(await read('for_ever', featureMetrics.staleness)).toBeUndefined();
    expect(await read('for_ever', featureMetrics.freshness)).toBe(3_600);
  });
});
