import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, paginateQuery, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { Deployment } from '#contracts/deployment.ts';
import type { DeploymentStore } from '#core/deployment/index.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { queryItems } from './dynamo-table.ts';

const fleet = 'FLEET';
const currentKey = (model: string) => ({ pk: fleet, sk: `MODEL#${model}` });
const historyOf = (model: string) => `HISTORY#${model}`;
const revisionSk = (revision: number) => String(revision).padStart(12, '0');
const revisionKey = ({ model, revision }: Deployment) => ({ pk: historyOf(model), sk: revisionSk(revision) });

const conflict = (model: string, expected: number): PlatformError =>
  new PlatformError(
    'REVISION_CONFLICT',
    `${model} is no longer at revision ${expected}: read it again and decide anew`,
    {
      model,
      expectedRevision: expected,
    },
  );

const lostTheRace = (error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  (error.CancellationReasons ?? []).some(
    (r) => r.Code === 'ConditionalCheckFailed' || r.Code === 'TransactionConflict',
  );

/** The document and its history entry appear together or not at all. */
const writeOf = (table: string, deployment: Deployment, expectedRevision: number): TransactWriteCommand => {
  const current = {
    TableName: table,
    Item: { ...currentKey(deployment.model), ...deployment },
    ConditionExpression: expectedRevision === 0 ? 'attribute_not_exists(pk)' : '#revision = :expected',
    ...(expectedRevision > 0 && {
      ExpressionAttributeNames: { '#revision': 'revision' },
      ExpressionAttributeValues: { ':expected': expectedRevision },
    }),
  };
  const entry = { TableName: table, Item: { ...revisionKey(deployment), ...deployment } };
  return new TransactWriteCommand({ TransactItems: [{ Put: current }, { Put: entry }] });
};

/** Query for the newest document of every model. */
export const currentDeployments = (table: string) => ({
  TableName: table,
  KeyConditionExpression: 'pk = :fleet',
  ExpressionAttributeValues: { ':fleet': fleet },
});

/** DeploymentStore on one DynamoDB table. */
export const dynamoDeploymentStore = (client: DynamoDBDocumentClient, table: string): DeploymentStore => ({
  find: async (model) => {
    const reply = await client.send(new GetCommand({ TableName: table, Key: currentKey(model), ConsistentRead: true }));
    return reply.Item && Deployment.parse(reply.Item);
  },
  save: async (deployment, expectedRevision) => {
    try {
      await client.send(writeOf(table, deployment, expectedRevision));
    } catch (error) {
      throw lostTheRace(error) ? conflict(deployment.model, expectedRevision) : error;
    }
  },
  list: async () => {
    const found: Deployment[] = [];
    for await (const page of paginateQuery({ client }, currentDeployments(table)))
      for (const item of page.Items ?? []) found.push(Deployment.parse(item));
    return found;
  },
  history: async (model, limit) => {
    const items = await queryItems({ client, name: table }, { pk: historyOf(model), reverse: true, limit });
    return items.map((item) => Deployment.parse(item));
  },
  revisionsFrom: async (model, revision, limit) => {
    const after = revisionSk(Math.max(0, revision - 1));
    const items = await queryItems({ client, name: table }, { pk: historyOf(model), after, limit });
    return items.map((item) => Deployment.parse(item));
  },
});
