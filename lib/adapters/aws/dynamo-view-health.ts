import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ViewHealth } from '#contracts/features.ts';
import type { ViewHealthStore } from '#core/features/index.ts';
import { getItem, queryItems, type Table, updateIf } from './dynamo-table.ts';

const keyOf = (project: string, view: string) => ({ pk: `HEALTH#${project}`, sk: view });

/** ViewHealthStore in the catalog table: HEALTH#{project} / {view}. */
export const dynamoViewHealth = (client: DynamoDBDocumentClient, name: string): ViewHealthStore => {
  const table: Table = { client, name };
  return {
    find: async (project, view) => {
      const { pk, sk } = keyOf(project, view);
      const item = await getItem(table, pk, sk);
      return item && ViewHealth.parse(item.health);
    },
    list: async (project) => {
      const items = await queryItems(table, { pk: keyOf(project, '').pk });
      return items.map(({ health }) => ViewHealth.parse(health));
    },
    save: async (health) => {
      await updateIf(table, {
        TableName: name,
        Key: keyOf(health.project, health.view),
        UpdateExpression: 'SET #measuredAt = :measuredAt, #health = :health',
        // Of one length and in UTC, times sort as text.
        ConditionExpression: 'attribute_not_exists(#measuredAt) OR #measuredAt <= :measuredAt',
        ExpressionAttributeNames: { '#measuredAt': 'measuredAt', '#health': 'health' },
        ExpressionAttributeValues: { ':measuredAt': new Date(health.measuredAt).toISOString(), ':health': health },
      });
    },
  };
};
