import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';
import type { EventRoutes } from './event-routes.ts';
import type { Pipelines } from './pipelines.ts';
import type { PlatformApi } from './platform-api.ts';
import type { ServingFleet } from './serving-fleet.ts';

export interface AlarmsProps {
  readonly alerts: AlertTopic;
  readonly api: PlatformApi;
  readonly fleet: ServingFleet;
  readonly pipelines: Pipelines;
  readonly routes: EventRoutes;
}

/** One line of the table: alarms when the metric is above the limit for that many minutes. */
interface Watch {
  readonly name: string;
  readonly says: string;
  readonly metric: IMetric;
  readonly above: number;
  /** @default 1 */
  readonly minutes?: number;
}

const minute = Duration.minutes(1);
/** Errors in per cent of requests; a quiet minute is a good minute. */
const share = (errors: IMetric, requests: IMetric) =>
  new MathExpression({
    expression: 'IF(requests > 0, 100 * errors / requests, 0)',
    usingMetrics: { errors, requests },
    period: minute,
  });

const apiWatches = ({ api: { api } }: AlarmsProps): Watch[] => {
  const every = { period: minute, statistic: 'Sum' };
  const failing = share(api.metricServerError(every), api.metricCount(every));
  const slow = api.metricLatency({ period: minute, statistic: 'p95' });
  const errors = api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' });
  return [
    { name: 'ApiSlow', says: 'API p95 above 200 ms for 5 minutes', metric: slow, above: 200, minutes: 5 },
    { name: 'ApiErrorsHigh', says: 'More than 1 % of API calls fail', metric: failing, above: 1, minutes: 5 },
    { name: 'ApiErrorsCritical', says: 'More than 5 % of API calls fail', metric: failing, above: 5 },
    { name: 'ApiErrorsMany', says: 'More than 10 API errors in 5 minutes', metric: errors, above: 10 },
  ];
};

const servingWatches = ({ fleet: { targets } }: AlarmsProps): Watch[] => {
  const every = { period: minute, statistic: 'Sum' };
  const errors = targets.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, every);
  const failing = share(errors, targets.metrics.requestCount(every));
  const slow = targets.metrics.targetResponseTime({ period: minute, statistic: 'p95' }); // seconds
  const ill = targets.metrics.unhealthyHostCount({ period: minute, statistic: 'Maximum' });
  return [
    { name: 'ServingSlow', says: 'Predictions p95 above 200 ms for 5 minutes', metric: slow, above: 0.2, minutes: 5 },
    { name: 'ServingErrorsHigh', says: 'More than 1 % of predictions fail', metric: failing, above: 1, minutes: 5 },
    { name: 'ServingErrorsCritical', says: 'More than 5 % of predictions fail', metric: failing, above: 5 },
    { name: 'ServingIll', says: 'A serving task is not ready for 5 minutes', metric: ill, above: 0, minutes: 5 },
  ];
};

const pipelineWatches = ({ pipelines, routes }: AlarmsProps): Watch[] => [
  ...Object.entries(pipelines.all).map(([name, { machine }]) => ({
    name: `${name.charAt(0).toUpperCase()}${name.slice(1)}PipelineFailed`,
    says: `A run of the ${name} pipeline failed`,
    metric: machine.metricFailed({ period: Duration.minutes(5), statistic: 'Sum' }),
    above: 0,
  })),
  {
    name: 'EventsUndelivered',
    says: 'An event reached nobody and waits in the dead-letter queue',
    metric: routes.undelivered.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: 'Maximum' }),
    above: 0,
  },
];

/** Tells people when the platform is slow, failing or silent. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const action = props.alerts.alarmAction();
    for (const { name, says, metric, above, minutes } of [apiWatches, servingWatches, pipelineWatches].flatMap((w) =>
      w(props),
    ))
      new Alarm(this, name, {
        alarmDescription: says,
        metric,
        threshold: above,
        evaluationPeriods: minutes ?? 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }).addAlarmAction(action);
  }
}
