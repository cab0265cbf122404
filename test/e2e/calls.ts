import { GetMetricDataCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutRecordCommand } from '@aws-sdk/client-firehose';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { DeleteCommand, GetCommand, PutCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type Cloud, rootCloud } from './cloud.ts';
import { outputs } from './platform.ts';

/** Something that a role tries, with the IAM action that it needs. */
export interface Call {
  readonly action: string;
  readonly on: string;
  try(cloud: Cloud): Promise<unknown>;
}

type Table = 'projects' | 'tracking' | 'registry' | 'deployments' | 'features' | 'catalog' | 'identity';
type Bucket = 'data' | 'artifacts' | 'ledger';

const title = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
const named = (name: string): string => {
  const value = outputs()[name];
  if (!value) throw new Error(`the platform has no output ${name}`);
  return value;
};
const tableName = (table: Table) => named(`${title(table)}TableName`);
const bucketName = (bucket: Bucket) => named(`${title(bucket)}BucketName`);

// No project, model or run of this name exists: what is written under it is read by nobody.
const probe = 'iam-probe';
const keyOf = (table: Table) => ({ pk: probe, ...(table !== 'features' && { sk: probe }) });

const item =
  (verb: 'Get' | 'Put' | 'Delete') =>
  (table: Table): Call => ({
    action: `dynamodb:${verb}Item`,
    on: `the ${table} table`,
    try: ({ items }) => {
      const where = { TableName: tableName(table) };
      if (verb === 'Put') return items.send(new PutCommand({ ...where, Item: keyOf(table) }));
      const command = { ...where, Key: keyOf(table) };
      return verb === 'Get' ? items.send(new GetCommand(command)) : items.send(new DeleteCommand(command));
    },
  });

export const getItem = item('Get');
export const putItem = item('Put');
export const deleteItem = item('Delete');

export const scan = (table: Table): Call => ({
  action: 'dynamodb:Scan',
  on: `the ${table} table`,
  try: ({ items }) => items.send(new ScanCommand({ TableName: tableName(table) })),
});

export const query = (table: Table): Call => ({
  action: 'dynamodb:Query',
  on: `the ${table} table`,
  try: ({ items }) => {
    const where = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': probe } };
    return items.send(new QueryCommand({ TableName: tableName(table), ...where }));
  },
});

/** Places in the buckets, each with an object that root lays down before. */
const places = {
  raw: ['data', `projects/${probe}/raw/customers.csv`],
  ingested: ['data', `projects/${probe}/datasets/ingested/1/part.parquet`],
  trainingSet: ['data', `projects/${probe}/datasets/training/1/part.parquet`],
  features: ['data', `projects/${probe}/datasets/features/1/part.parquet`],
  scores: ['data', `projects/${probe}/datasets/scores/1/part-00000.parquet`],
  report: ['data', `projects/${probe}/reports/drift/1.json`],
  artifact: ['artifacts', `${probe}/run/artifacts/model/model.onnx`],
  job: ['artifacts', `${probe}/run/jobs/xgboost.json`],
  progress: ['artifacts', `${probe}/run/artifacts/progress.json`],
  verdict: ['artifacts', `${probe}/run/artifacts/gate.json`],
  card: ['artifacts', `${probe}/run/artifacts/model/card.html`],
  ledger: ['ledger', `${probe}/1.json`],
} as const satisfies Record<string, readonly [Bucket, string]>;
type Place = keyof typeof places;

const object =
  (verb: 'Get' | 'Put' | 'Delete') =>
  (place: Place): Call => ({
    action: `s3:${verb}Object`,
    on: `${places[place][0]} bucket, ${places[place][1]}`,
    try: ({ objects }) => {
      const [bucket, Key] = places[place];
      const where = { Bucket: bucketName(bucket), Key };
      if (verb === 'Put') return objects.send(new PutObjectCommand({ ...where, Body: '{}' }));
      return verb === 'Get' ? objects.send(new GetObjectCommand(where)) : objects.send(new DeleteObjectCommand(where));
    },
  });

export const readObject = object('Get');
export const writeObject = object('Put');
export const deleteObject = object('Delete');

/** Begins an upload in parts, and ends it at once. */
export const beginUpload = (place: Place): Call => ({
  action: 's3:PutObject (in parts)',
  on: `${places[place][0]} bucket, ${places[place][1]}`,
  try: async ({ objects }) => {
    const [bucket, Key] = places[place];
    const where = { Bucket: bucketName(bucket), Key };
    const { UploadId } = await objects.send(new CreateMultipartUploadCommand(where));
    await objects.send(new AbortMultipartUploadCommand({ ...where, UploadId }));
  },
});

/** Lays an object at every place, so that a refusal cannot come from its absence. */
export const layObjects = async (): Promise<void> => {
  const cloud = rootCloud();
  await Promise.all(Object.keys(places).map((place) => writeObject(place as Place).try(cloud)));
};

export const readAdminKey: Call = {
  action: 'secretsmanager:GetSecretValue',
  on: "the administrator's key",
  try: ({ secrets }) => secrets.send(new GetSecretValueCommand({ SecretId: named('AdminKeySecretArn') })),
};

export const replaceAdminKey: Call = {
  action: 'secretsmanager:PutSecretValue',
  on: "the administrator's key",
  try: ({ secrets }) =>
    secrets.send(new PutSecretValueCommand({ SecretId: named('AdminKeySecretArn'), SecretString: 'mine' })),
};

export const recordPrediction: Call = {
  action: 'firehose:PutRecord',
  on: 'the ledger stream',
  try: ({ ledger }) => {
    const Data = Buffer.from(`${JSON.stringify({ model_name: probe })}\n`);
    return ledger.send(new PutRecordCommand({ DeliveryStreamName: named('LedgerStreamName'), Record: { Data } }));
  },
};

export const startPipeline = (pipeline: 'data' | 'training' | 'deployment'): Call => ({
  action: 'states:StartExecution',
  on: `the ${pipeline} pipeline`,
  try: ({ machines }) => {
    const input = JSON.stringify({ project: probe });
    return machines.send(new StartExecutionCommand({ stateMachineArn: named(`${title(pipeline)}PipelineArn`), input }));
  },
});

export const becomeRole = (what: string, arn: () => Promise<string>): Call => ({
  action: 'sts:AssumeRole',
  on: what,
  try: async ({ identity }) => identity.send(new AssumeRoleCommand({ RoleArn: await arn(), RoleSessionName: probe })),
});

export const publishEvent: Call = {
  action: 'events:PutEvents',
  on: 'the event bus',
  try: ({ events }) => {
    const entry = { EventBusName: named('EventBusName'), Source: probe, DetailType: probe, Detail: '{}' };
    return events.send(new PutEventsCommand({ Entries: [entry] }));
  },
};

export const sendAlert: Call = {
  action: 'sns:Publish',
  on: 'the alert topic',
  try: ({ topics }) => topics.send(new PublishCommand({ TopicArn: named('AlertTopicArn'), Message: probe })),
};

export const readMetrics: Call = {
  action: 'cloudwatch:GetMetricData',
  on: 'metrics',
  try: ({ metrics }) => {
    const EndTime = new Date();
    const StartTime = new Date(EndTime.getTime() - 60_000);
    const Metric = { Namespace: probe, MetricName: probe };
    const MetricDataQueries = [{ Id: 'probe', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }];
    return metrics.send(new GetMetricDataCommand({ StartTime, EndTime, MetricDataQueries }));
  },
};

export const writeMetrics: Call = {
  action: 'cloudwatch:PutMetricData',
  on: 'metrics',
  try: ({ metrics }) =>
    metrics.send(new PutMetricDataCommand({ Namespace: probe, MetricData: [{ MetricName: probe, Value: 1 }] })),
};
