import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { featureMetrics } from '#contracts/features.ts';
import { monitoringMetrics } from '#contracts/monitoring.ts';
import { servingMetrics } from '#contracts/serving.ts';
import { type DoorName, doorNames, doors } from '../doors.ts';
import { mlflowRoutes } from '../mlflow-routes.ts';
import type { AlertTopic } from './alert-topic.ts';
import type { DoorFunction } from './door-function.ts';
import type { Pipeline } from './pipeline.ts';
import type { Pipelines } from './pipelines.ts';
import type { PlatformApi } from './platform-api.ts';
import type { ServingFleet } from './serving-fleet.ts';
import type { UndeliveredEvents } from './undelivered-events.ts';

export interface AlarmsProps {
  readonly alerts: AlertTopic;
  readonly api: PlatformApi;
  readonly fleet: ServingFleet;
  readonly pipelines: Pipelines;
  readonly functions: Readonly<Record<DoorName, DoorFunction>>;
  readonly undelivered: UndeliveredEvents;
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

/** Sum of metrics of which each may be missing. */
const total = (metrics: readonly IMetric[], period = Duration.minutes(5)) => {
  const named = metrics.map((metric, index) => [`m${index}`, metric] as const);
  const expression = named.map(([name]) => `FILL(${name}, 0)`).join(' + ');
  return new MathExpression({ expression, usingMetrics: Object.fromEntries(named), period });
};

/** One number over every value of the dimensions: an alarm can follow models that nobody knew when it was made. */
const overAll = (select: string, schema: string, period: Duration) =>
  new MathExpression({ expression: `SELECT ${select} FROM SCHEMA(${schema})`, usingMetrics: {}, period });

const modelWatches = (): Watch[] => {
  const serving = `"${servingMetrics.namespace}", Model, Version`;
  const unloaded = overAll(`SUM(${servingMetrics.loadFailures})`, serving, Duration.minutes(5));
  // A report is one point an hour or a day, so ten minutes are one period and not ten that must all be there.
  const monitoring = `"${monitoringMetrics.namespace}", Project, Model`;
  const drift = overAll(`MAX(${monitoringMetrics.driftedShare})`, monitoring, Duration.minutes(10));
  return [
    { name: 'ModelsNotLoaded', says: 'A serving task could not load a model', metric: unloaded, above: 0 },
    { name: 'DriftHigh', says: 'More than 20 % of the features of a model drifted', metric: drift, above: 0.2 },
  ];
};

/** Measured once an hour: a view is a point an hour. */
const featureWatches = (): Watch[] => {
  const schema = `"${featureMetrics.namespace}", Project, View`;
  const stale = overAll(`MAX(${featureMetrics.staleness})`, schema, Duration.hours(1));
  return [
    {
      name: 'FeaturesStale',
      says: 'All that is online of a feature view is older than its ttl',
      metric: stale,
      above: 1,
    },
  ];
};

const functionWatches = ({ functions }: AlarmsProps): Watch[] => {
  // A step that fails ends its run, which has an alarm of its own.
  const watched = doorNames.filter((door) => ['api', 'search', 'query'].includes(doors[door].kind));
  // CloudWatch adds up ten metrics at most.
  const mlflow = watched.filter(speaksMlflow);
  const data = watched.filter(isOfData);
  const own = watched.filter((door) => !speaksMlflow(door) && !isOfData(door));
  const errors = (names: readonly DoorName[]) =>
    total(names.map((door) => functions[door].lambda.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' })));
  return [
    { name: 'FunctionsFailing', says: 'A function of the API failed', metric: errors(own), above: 0 },
    {
      name: 'DataFunctionsFailing',
      says: 'A function of the data or feature API failed',
      metric: errors(data),
      above: 0,
    },
    {
      name: 'MlflowFailing',
      says: "A function that answers MLflow's clients failed",
      metric: errors(mlflow),
      above: 0,
    },
  ];
};

const isOfData = (door: DoorName): boolean => /^(features|datasets|serving)\//.test(door);
const speaksMlflow = (door: DoorName): boolean => door in mlflowRoutes;

const runWatches = ([name, { machine }]: [string, Pipeline]): Watch[] => {
  const every = { period: Duration.minutes(5), statistic: 'Sum' };
  const ended = total([machine.metricTimedOut(every), machine.metricAborted(every)]);
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}Pipeline`;
  return [
    {
      name: `${title}Failed`,
      says: `A run of the ${name} pipeline failed`,
      metric: machine.metricFailed(every),
      above: 0,
    },
    { name: `${title}Ended`, says: `A run of the ${name} pipeline timed out or was stopped`, metric: ended, above: 0 },
  ];
};

const pipelineWatches = ({ pipelines, undelivered }: AlarmsProps): Watch[] => [
  ...Object.entries(pipelines.all).flatMap(runWatches),
  {
    name: 'EventsUndelivered',
    says: 'An event reached nobody and waits in the dead-letter queue',
    metric: undelivered.metricApproximateNumberOfMessagesVisible({ period: minute, statistic: 'Maximum' }),
    above: 0,
  },
];

/** Tells people when the platform is slow, failing or silent. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const action = props.alerts.alarmAction();
    const watches = [apiWatches, servingWatches, modelWatches, featureWatches, functionWatches, pipelineWatches];
    for (const { name, says, metric, above, minutes } of watches.flatMap((watch) => watch(props)))
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
