import { Aws } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { PipelineName } from '#contracts/pipelines.ts';
import { servingMetrics } from '#contracts/serving.ts';
import { trainingFiles } from '#contracts/training.ts';
import type { AdminKey } from './constructs/admin-key.ts';
import type { AlertTopic } from './constructs/alert-topic.ts';
import type { PlatformBucket } from './constructs/platform-bucket.ts';
import type { PlatformEvents } from './constructs/platform-events.ts';
import type { PlatformTable } from './constructs/platform-table.ts';
import type { ProjectSchedules } from './constructs/project-schedules.ts';

export type TableName = 'projects' | 'tracking' | 'registry' | 'deployments' | 'features' | 'catalog' | 'identity';
type Area =
  | 'raw'
  | 'datasets'
  | 'pushed'
  | 'unloaded'
  | 'scores'
  | 'dataset-index'
  | 'reports'
  | 'artifacts'
  | 'jobs'
  | 'progress'
  | 'verdicts'
  | 'cards'
  | 'facts'
  | 'ledger'
  | 'predictions'
  | 'labels';

/**
 * What a function may be allowed to do; "write" includes "read", "name" only tells what the thing is called, and "manage"
 * adds deletion and looking into uploads in parts.
 */
export type Access =
  | `${TableName | Area}:${'read' | 'write'}`
  | 'events:publish'
  | 'alerts:publish'
  | 'metrics:read'
  | 'metrics:write'
  | 'admin-key:read'
  | 'source-secrets:read'
  | 'deployment:start'
  | 'feature-pipelines:start'
  | 'artifacts:name'
  | 'artifacts:manage'
  | 'pipelines:name'
  | 'pipelines:start'
  | 'pipelines:read'
  | 'schedules:write';

/** What can be granted. */
export interface Resources {
  readonly tables: Readonly<Record<TableName, PlatformTable>>;
  readonly buckets: Readonly<Record<'data' | 'artifacts' | 'ledger', PlatformBucket>>;
  readonly events: PlatformEvents;
  readonly alerts: AlertTopic;
  readonly adminKey: AdminKey;
  readonly schedules: ProjectSchedules;
  /** By ARN: functions are made before the state machines that call them. */
  readonly pipelineArns: Readonly<Record<PipelineName, string>>;
}

/** A function that gets rights and, with them, the names it needs. */
export interface Receiver extends IGrantable {
  addEnvironment(name: string, value: string): unknown;
}
type Granting = (resources: Resources, receiver: Receiver) => void;

const table = (name: TableName, level: 'read' | 'write'): Granting => {
  return ({ tables }, receiver) => {
    tables[name].grant(level, receiver);
    receiver.addEnvironment(`${name.toUpperCase()}_TABLE`, tables[name].tableName);
  };
};

// Runs lie at experiment/run/, whatever their ids.
/** Keys of these files among the artifacts of any run. */
export const belowRun = (files: readonly string[]): string[] => files.map((file) => `*/artifacts/${file}`);

const areas = {
  raw: { bucket: 'data', variable: 'DATA_BUCKET', keys: 'projects/*/raw/*' },
  datasets: { bucket: 'data', variable: 'DATA_BUCKET', keys: 'projects/*/datasets/*' },
  // Parts of what `datasets` is, for those who write nothing else there.
  pushed: { bucket: 'data', variable: 'DATA_BUCKET', keys: 'projects/*/datasets/pushed/*' },
  unloaded: { bucket: 'data', variable: 'DATA_BUCKET', keys: 'projects/*/datasets/unloaded/*' },
  scores: { bucket: 'data', variable: 'DATA_BUCKET', keys: 'projects/*/datasets/scores/*' },
  // What data sets are listed by: whoever finishes one adds it.
  'dataset-index': { bucket: 'data', variable: 'DATA_BUCKET', keys: 'projects/*/datasets/index/*' },
  reports: { bucket: 'data', variable: 'DATA_BUCKET', keys: 'projects/*/reports/*' },
  artifacts: { bucket: 'artifacts', variable: 'ARTIFACT_BUCKET', keys: '*' },
  // Parts of what `artifacts` is: what a training task is told to do and how far it is, what the gate says, what a
  // version's card is. Graphs are not among them: tasks alone write those.
  jobs: { bucket: 'artifacts', variable: 'ARTIFACT_BUCKET', keys: '*/jobs/*.json' },
  progress: { bucket: 'artifacts', variable: 'ARTIFACT_BUCKET', keys: belowRun([trainingFiles.progress]) },
  verdicts: {
    bucket: 'artifacts',
    variable: 'ARTIFACT_BUCKET',
    keys: belowRun(['gate.json', trainingFiles.parityNode]),
  },
  cards: {
    bucket: 'artifacts',
    variable: 'ARTIFACT_BUCKET',
    keys: belowRun([trainingFiles.card, trainingFiles.cardText]),
  },
  // What a model predicts, without the model: wherever a version's folder lies.
  facts: { bucket: 'artifacts', variable: 'ARTIFACT_BUCKET', keys: '*/serving.json' },
  // Predictions as they came and as they were compacted. Nobody writes the first kind but Firehose.
  ledger: {
    bucket: 'ledger',
    variable: 'LEDGER_BUCKET',
    keys: ['ledger/*', 'predictions/*', 'predictions-compacted/*'],
  },
  predictions: { bucket: 'ledger', variable: 'LEDGER_BUCKET', keys: ['predictions/*', 'predictions-compacted/*'] },
  labels: { bucket: 'ledger', variable: 'LEDGER_BUCKET', keys: 'labels/*' },
} as const;

const area = (name: Area, level: 'read' | 'write'): Granting => {
  const { bucket, variable, keys } = areas[name];
  return ({ buckets }, receiver) => {
    buckets[bucket].grant(level, keys, receiver);
    receiver.addEnvironment(variable, buckets[bucket].bucketName);
  };
};

const allow = (receiver: Receiver, actions: string[], resources: string[]) =>
  receiver.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));

const pipelineVariable = (name: string) => `${name.toUpperCase()}_PIPELINE_ARN`;
type Arns = Readonly<Record<string, string>>;
const tell = (receiver: Receiver, arns: Arns) => {
  for (const [name, arn] of Object.entries(arns)) receiver.addEnvironment(pipelineVariable(name), arn);
};
const start = (receiver: Receiver, arns: Arns) => {
  allow(receiver, ['states:StartExecution'], Object.values(arns));
  tell(receiver, arns);
};

/** arn:…:stateMachine:name → arn:…:execution:name:* */
const executionsOf = (arn: string) => `${arn.replace(':stateMachine:', ':execution:')}:*`;

/** Those that callers start by what they want of features, instead of by the pipeline's name. */
const featurePipelines = ({ materialization, historical }: Resources['pipelineArns']) => ({
  materialization,
  historical,
});

const sourceSecretsArn = () =>
  `arn:${Aws.PARTITION}:secretsmanager:${Aws.REGION}:${Aws.ACCOUNT_ID}:secret:mlops/sources/*`;

const special: Readonly<Record<Exclude<Access, `${TableName | Area}:${'read' | 'write'}`>, Granting>> = {
  'events:publish': ({ events }, receiver) => {
    events.grantPublish(receiver);
    receiver.addEnvironment('EVENT_BUS_NAME', events.busName);
  },
  'alerts:publish': ({ alerts }, receiver) => {
    alerts.grantPublish(receiver);
    receiver.addEnvironment('ALERT_TOPIC_ARN', alerts.topicArn);
  },
  // CloudWatch knows no resources for metrics.
  'metrics:read': (_, receiver) => void allow(receiver, ['cloudwatch:GetMetricData'], ['*']),
  'metrics:write': (_, receiver) => grantMetrics(receiver),
  'admin-key:read': ({ adminKey }, receiver) => {
    adminKey.grantRead(receiver);
    receiver.addEnvironment('ADMIN_KEY_SECRET_ARN', adminKey.secretArn);
  },
  // Of databases that are sources: whoever runs the installation makes them below this prefix.
  'source-secrets:read': (_, receiver) => void allow(receiver, ['secretsmanager:GetSecretValue'], [sourceSecretsArn()]),
  'deployment:start': ({ pipelineArns }, receiver) => start(receiver, { deployment: pipelineArns.deployment }),
  'feature-pipelines:start': ({ pipelineArns }, receiver) => {
    const arns = featurePipelines(pipelineArns);
    start(receiver, arns);
    allow(receiver, ['states:DescribeExecution'], Object.values(arns).map(executionsOf));
  },
  'pipelines:start': ({ pipelineArns }, receiver) => start(receiver, pipelineArns),
  'artifacts:name': ({ buckets }, receiver) =>
    void receiver.addEnvironment('ARTIFACT_BUCKET', buckets.artifacts.bucketName),
  'artifacts:manage': ({ buckets }, receiver) => {
    buckets.artifacts.grant('manage', areas.artifacts.keys, receiver);
    receiver.addEnvironment(areas.artifacts.variable, buckets.artifacts.bucketName);
  },
  'pipelines:name': ({ pipelineArns }, receiver) => tell(receiver, pipelineArns),
  'pipelines:read': ({ pipelineArns }, receiver) => {
    const executions = Object.values(pipelineArns).map(executionsOf);
    allow(receiver, ['states:DescribeExecution', 'states:GetExecutionHistory'], executions);
    tell(receiver, pipelineArns);
  },
  'schedules:write': ({ schedules }, receiver) => {
    schedules.grantManage(receiver);
    receiver.addEnvironment('SCHEDULER_ROLE_ARN', schedules.roleArn);
    receiver.addEnvironment('SCHEDULE_GROUP', schedules.groupName);
    receiver.addEnvironment('UNDELIVERED_QUEUE_ARN', schedules.deadLetterArn);
  },
};

/** Lets `receiver` publish metrics of the platform's own namespaces. */
export const grantMetrics = (receiver: IGrantable): void => {
  receiver.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'],
      conditions: { StringLike: { 'cloudwatch:namespace': `${servingMetrics.namespace.split('/')[0]}/*` } },
    }),
  );
};

const isArea = (name: string): name is Area => name in areas;
const isSpecial = (access: Access): access is keyof typeof special => access in special;

const grantingOf = (access: Access): Granting => {
  if (isSpecial(access)) return special[access];
  const [name, level] = access.split(':') as [TableName | Area, 'read' | 'write'];
  return isArea(name) ? area(name, level) : table(name, level);
};

/** Gives `receiver` one right and the environment variables that go with it. */
export const grant = (access: Access, resources: Resources, receiver: Receiver): void => {
  grantingOf(access)(resources, receiver);
};
