import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  cloudWatchHealth,
  combinedP95,
  percentilePeriodSeconds,
  sumPeriodSeconds,
} from '#adapters/aws/cloudwatch-health.ts';
import { servingMetrics } from '#contracts/serving.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';

let client: CloudWatchClient;
beforeAll(async () => {
  client = new CloudWatchClient((await emulator()).config);
}, EMULATOR_START_MS);

interface Put {
  readonly metric: string;
  readonly values: number[];
  readonly at: Date;
  readonly version?: number;
}
const put = ({ metric, values, at, version = 2 }: Put) => {
  const Dimensions = [
    { Name: 'Model', Value: 'churn' },
    { Name: 'Version', Value: String(version) },
  ];
  const datum = { MetricName: metric, Dimensions, Values: values, Timestamp: at, StorageResolution: 1 };
  return client.send(new PutMetricDataCommand({ Namespace: servingMetrics.namespace, MetricData: [datum] }));
};
// Recent, since CloudWatch takes nothing older than two weeks.
const from = new Date(Math.floor(Date.now() / 10_000) * 10_000 - 60_000);
const seconds = (offset: number): Date => new Date(from.getTime() + offset * 1_000);

describe('health from CloudWatch', () => {
  it('counts a version over just its bake and answers the p95 of it', async () => {
    await put({ metric: servingMetrics.requests, values: [40], at: seconds(1) });
    await put({ metric: servingMetrics.requests, values: [60], at: seconds(8) });
    await put({ metric: servingMetrics.errors, values: [3], at: seconds(8) });
    await put({ metric: servingMetrics.loadFailures, values: [2], at: seconds(2) });
    await put({ metric: servingMetrics.latency, values: Array.from({ length: 100 }, (_, i) => i + 1), at: seconds(3) });
    // Neither another version nor another time may be counted.
    await put({ metric: servingMetrics.requests, values: [1_000], at: seconds(3), version: 1 });
    await put({ metric: servingMetrics.errors, values: [1_000], at: seconds(-20) });
    await put({ metric: servingMetrics.errors, values: [1_000], at: seconds(10) });
    const health = await cloudWatchHealth(client).measure({ model: 'churn', version: 2, from, to: seconds(10) });
    expect(health).toMatchObject({ version: 2, requests: 100, errors: 3, loadFailures: 2 });
    expect(health.p95LatencyMs).toBeGreaterThan(94);
    expect(health.p95LatencyMs).toBeLessThan(97);
  });

  it('answers nothing for a version without traffic', async () => {
    const window = { model: 'churn', version: 77, from, to: seconds(10) };
    const nothing = { version: 77, requests: 0, errors: 0, loadFailures: 0, p95LatencyMs: null };
    expect(await cloudWatchHealth(client).measure(window)).toEqual(nothing);
  });

  it('asks for periods that CloudWatch has', () => {
    expect([1, 3, 8, 25, 31, 301].map(percentilePeriodSeconds)).toEqual([1, 5, 10, 30, 60, 360]);
    const [hours, days] = [3_600, 86_400];
    expect([10, 3 * hours - 1, 3 * hours, 15 * days - 1].map(sumPeriodSeconds)).toEqual([1, 1, 60, 60]);
    expect([15 * days, 63 * days - 1, 63 * days].map(sumPeriodSeconds)).toEqual([300, 300, 3_600]);
    // Old data have no finer periods, and a period holds a whole number of them.
    expect([15 * days + 1, 63 * days + 1].map(percentilePeriodSeconds)).toEqual([15 * days + 300, 63 * days + 3_600]);
  });

  it('weighs the p95 of two periods by their samples', () => {
    const p95 = new Map([
      [0, 100],
      [60, 200],
    ]);
    expect(
      combinedP95(
        p95,
        new Map([
          [0, 30],
          [60, 10],
        ]),
      ),
    ).toBe(125);
    expect(combinedP95(new Map(), new Map())).toBeNull();
  });
});
