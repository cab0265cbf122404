import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoOnlineTable } from '#adapters/aws/dynamo-online-table.ts';
import type { Deployment, Variant } from '#contracts/deployment.ts';
import { type OnlineRow, onlineKey } from '#contracts/online.ts';
import type { ChurnModel } from './churn-models.ts';

const BUCKET = 'bench-artifacts';
const PROJECT = 'churn';
const NOW = '2026-07-01T00:00:00.000Z';
const TABLES = { deployments: ['pk', 'sk'], features: ['pk'] };

const uriOf = (version: number): string => `s3://${BUCKET}/${version}/r/artifacts/model/`;

/** Tables as a stage has them. */
export const createTables = async (client: DynamoDBClient): Promise<void> => {
  for (const [TableName, names] of Object.entries(TABLES)) {
    const KeySchema = names.map((AttributeName, i) => ({ AttributeName, KeyType: i ? 'RANGE' : 'HASH' }) as const);
    const AttributeDefinitions = names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }) as const);
    await client.send(
      new CreateTableCommand({ TableName, KeySchema, AttributeDefinitions, BillingMode: 'PAY_PER_REQUEST' }),
    );
  }
};

/** @example customer(7) // 'C000007' */
export const customer = (number: number): string => `C${String(number).padStart(6, '0')}`;

/** Stores so many customers with the values of the model's golden rows, one view, as the platform's own adapter does. */
export const fillStore = async (
  documents: DynamoDBDocumentClient,
  { facts }: ChurnModel,
  customers: number,
): Promise<void> => {
  const view = facts.views?.[0] ?? 'customer';
  const rowOf = (number: number): OnlineRow => {
    const values = facts.goldenRows[number % facts.goldenRows.length]?.inputs ?? {};
    return {
      pk: onlineKey(PROJECT, { [facts.entityKey]: customer(number) }),
      view,
      values,
      eventTime: NOW,
      createdTime: NOW,
    };
  };
  async function* rows() {
    yield Array.from({ length: customers }, (_, number) => rowOf(number));
  }
  await dynamoOnlineTable(documents, 'features').putNewer(rows());
};

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => statSync(join(folder, file)).isFile());

/** Puts a model's files where the registry would have them. */
export const upload = async (s3: S3Client, version: number, folder: string): Promise<void> => {
  const prefix = uriOf(version).replace(`s3://${BUCKET}/`, '');
  for (const file of filesBelow(folder))
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: prefix + file, Body: readFileSync(join(folder, file)) }));
};

export const dynamoPart = ({ body }: { readonly body: Buffer }): string =>
  body.includes('"deployments"') ? 'registry' : 'store';

export const deploymentOf = (
  revision: number,
  variants: readonly Pick<Variant, 'version' | 'weight'>[],
  rest: Partial<Deployment>,
): Deployment => ({
  ...{ model: PROJECT, project: PROJECT, revision, phase: 'stable', stickyKey: 'customer_id', featureService: PROJECT },
  ...{ reason: 'bench', updatedAt: NOW, updatedBy: 'bench' },
  variants: variants.map((variant) => ({ ...variant, modelUri: uriOf(variant.version) })),
  ...rest,
});

export const createBucket = (s3: S3Client) => s3.send(new CreateBucketCommand({ Bucket: BUCKET }));

export const stageVariables = {
  DEPLOYMENTS_TABLE: 'deployments',
  FEATURES_TABLE: 'features',
  ARTIFACT_BUCKET: BUCKET,
  LEDGER_STREAM_NAME: 'ledger',
} as const;
