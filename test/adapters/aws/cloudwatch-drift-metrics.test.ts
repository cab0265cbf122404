import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { cloudWatchDriftMetrics } from '#adapters/aws/cloudwatch-drift-metrics.ts';
import type { ColumnDrift, DriftReport } from '#contracts/monitoring.ts';

const column = (name: string, effect: number): ColumnDrift => ({
  column: name,
  test: 'ks',
  statistic: effect,
  pValue: 0.01,
  effect,
  drifted: true,
});
const report: DriftReport = {
  reportId: 'r',
  project: 'churn',
  model: 'churn',
  modelVersion: 1,
  windowStart: '2026-02-01T10:00:00.000Z',
  windowEnd: '2026-02-01T11:00:00.000Z',
  referenceDatasetId: 'd',
  referenceRows: 1_000,
  currentRows: 200,
  columns: [column('age', 0.4)],
  prediction: column('probability', 0.1),
  driftedShare: 1,
  verdict: 'severe',
  createdAt: '2026-02-01T11:00:01.000Z',
};

const cloudWatch = mockClient(CloudWatchClient);
const sent = () => cloudWatch.commandCalls(PutMetricDataCommand).map((call) => call.args[0].input);
beforeEach(() => {
  cloudWatch.reset();
  cloudWatch.on(PutMetricDataCommand).resolves({});
});

describe('the metrics of a drift report', () => {
  const publish = (changes: Partial<DriftReport> = {}) =>
    cloudWatchDriftMetrics(new CloudWatchClient({})).publish({ ...report, ...changes }, new Date(report.windowEnd));

  it('say how far each feature and the whole have moved, at the end of the window', async () => {
    await publish();
    expect(sent()).toHaveLength(1);
    const [{ Namespace, MetricData = [] } = {}] = sent();
    expect(Namespace).toBe('MlopsPlatform/Monitoring');
    const of = MetricData.map((d) => [
      d.MetricName,
      d.Value,
      d.Dimensions?.map(({ Name, Value }) => `${Name}=${Value}`).join(),
    ]);
    expect(of).toEqual([
      ['drift_score', 1, 'Project=churn,Model=churn'],
      ['drift_verdict', 2, 'Project=churn,Model=churn'],
      ['prediction_drift_score', 0.1, 'Project=churn,Model=churn'],
      ['data_drift_score', 0.4, 'Project=churn,Model=churn,Feature=age,Test=ks'],
    ]);
    expect(MetricData.every((d) => d.Timestamp?.toISOString() === report.windowEnd)).toBe(true);
  });

  it('fit into two calls for 1,500 features', async () => {
    await publish({ columns: Array.from({ length: 1_500 }, (_, i) => column(`f${i}`, 0.1)) });
    expect(sent().map((input) => input.MetricData?.length)).toEqual([1_000, 503]);
  });

  it('leave out predictions that were not compared', async () => {
    const { prediction: _, ...without } = report;
    await cloudWatchDriftMetrics(new CloudWatchClient({})).publish(without, new Date());
    expect(sent()[0]?.MetricData?.map((d) => d.MetricName)).not.toContain('prediction_drift_score');
  });
});
