import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Watermarks } from '#core/features/index.ts';
import { getItem, type Table, updateIf } from './dynamo-table.ts';

const keyOf = (project: string, view: string) => ({ pk: `WATERMARK#${project}`, sk: view });

const advance = async (table: Table, key: ReturnType<typeof keyOf>, until: string): Promise<void> => {
  // Of one length and in UTC, times sort as text.
  const mine = new Date(until).toISOString();
  await updateIf(table, {
    TableName: table.name,
    Key: key,
    UpdateExpression: 'SET #until = :mine',
    ConditionExpression: 'attribute_not_exists(#until) OR #until < :mine',
    ExpressionAttributeNames: { '#until': 'until' },
    ExpressionAttributeValues: { ':mine': mine },
  });
};

/** Watermarks in the catalog table: WATERMARK#{project} / {view}. */
export const dynamoWatermarks = (client: DynamoDBDocumentClient, name: string): Watermarks => {
  const table = { client, name };
  return {
    get: async (project, view) => {
      const { pk, sk } = keyOf(project, view);
      return (await getItem(table, pk, sk))?.until as string | undefined;
    },
    advance: (project, view, until) => advance(table, keyOf(project, view), until),
  };
};
