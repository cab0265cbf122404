import { CloudWatchClient, type Dimension, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { type DriftReport, type DriftVerdict, monitoringMetrics } from '#contracts/monitoring.ts';
import type { DriftMetrics } from '#core/monitoring/index.ts';

/** CloudWatch takes 1,000 data a call. */
const MOST_DATA = 1_000;

const levels: Readonly<Record<Exclude<DriftVerdict, 'not-enough-data'>, number>> = { none: 0, warning: 1, severe: 2 };

const dataOf = (report: DriftReport, at: Date): MetricDatum[] => {
  const model: Dimension[] = [
    { Name: 'Project', Value: report.project },
    { Name: 'Model', Value: report.model },
  ];
  const datum = (MetricName: string, Value: number, more: Dimension[] = []): MetricDatum => ({
    MetricName,
    Value,
    Unit: 'None',
    Timestamp: at,
    Dimensions: [...model, ...more],
  });
  const { verdict, prediction } = report;
  return [
    datum(monitoringMetrics.driftedShare, report.driftedShare),
    ...(verdict === 'not-enough-data' ? [] : [datum(monitoringMetrics.verdict, levels[verdict])]),
    ...(prediction ? [datum(monitoringMetrics.predictionDrift, prediction.effect)] : []),
    ...report.columns.map(({ column, test, effect }) =>
      datum(monitoringMetrics.dataDrift, effect, [
        { Name: 'Feature', Value: column },
        { Name: 'Test', Value: test },
      ]),
    ),
  ];
};

/** DriftMetrics on CloudWatch: one call for up to 997 features. */
export const cloudWatchDriftMetrics = (client = new CloudWatchClient({ maxAttempts: 5 })): DriftMetrics => ({
  publish: async (report, at) => {
    const data = dataOf(report, at);
    for (let from = 0; from < data.length; from += MOST_DATA) {
      const MetricData = data.slice(from, from + MOST_DATA);
      await client.send(new PutMetricDataCommand({ Namespace: monitoringMetrics.namespace, MetricData }));
    }
  },
});
