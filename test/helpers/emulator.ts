import { randomBytes } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient, type KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientEnv } from '#local/emulator-env.ts';
import { BROKER_VARIABLE } from './emulator-broker.ts';

/** What any AWS SDK client takes as its settings to reach the emulator as root. */
export interface EmulatorConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface Emulator {
  readonly url: string;
  readonly config: EmulatorConfig;
  readonly documents: DynamoDBDocumentClient;
  readonly s3: S3Client;
  /** A new empty table with string keys; answers its name. @example await freshTable('pk', 'sk') */
  freshTable(partitionKey: string, sortKey?: string): Promise<string>;
  /** A new empty bucket; answers its name. */
  freshBucket(): Promise<string>;
}

const unique = (what: string): string => `${what}-${randomBytes(6).toString('hex')}`;

const askBroker = async (): Promise<string> => {
  const broker = process.env[BROKER_VARIABLE];
  if (!broker) throw new Error(`${BROKER_VARIABLE} is not set: run the tests through jest.config.js`);
  const answer = (await (await fetch(broker)).json()) as { url?: string; error?: string };
  if (!answer.url) throw new Error(`the emulator did not start: ${answer.error}`);
  return answer.url;
};

const createTable = async (client: DynamoDBClient, names: readonly string[]): Promise<string> => {
  const TableName = unique('table');
  const KeySchema: KeySchemaElement[] = names.map((name, i) => ({
    AttributeName: name,
    KeyType: i === 0 ? 'HASH' : 'RANGE',
  }));
  const AttributeDefinitions = names.map((name) => ({ AttributeName: name, AttributeType: 'S' as const }));
  await client.send(
    new CreateTableCommand({ TableName, KeySchema, AttributeDefinitions, BillingMode: 'PAY_PER_REQUEST' }),
  );
  return TableName;
};

const connect = async (): Promise<Emulator> => {
  const url = await askBroker();
  const env = clientEnv(url);
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY };
  const config = { endpoint: url, region: env.AWS_REGION, credentials };
  const dynamo = new DynamoDBClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  return {
    url,
    config,
    documents: DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } }),
    s3,
    freshTable: (partitionKey, sortKey) =>
      createTable(dynamo, sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]),
    freshBucket: async () => {
      const Bucket = unique('bucket');
      await s3.send(new CreateBucketCommand({ Bucket }));
      return Bucket;
    },
  };
};

let connected: Promise<Emulator> | undefined;

/**
 * The emulator that all suites of a jest run share: it boots when the first suite asks, so give it time
 * (`beforeAll(…, EMULATOR_START_MS)`). Every suite makes tables and buckets of its own.
 */
export const emulator = (): Promise<Emulator> => {
  connected ??= connect();
  return connected;
};

/** The first boot ever also makes its Python environment. */
export const EMULATOR_START_MS = 120_000;
