import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { getItem } from './dynamo-table.ts';

/** Reads one item that is not there: the cheapest sign that a table answers and that this role may ask it. */
export const dynamoProbe = (client: DynamoDBDocumentClient, tableName: string) => (): Promise<unknown> =>
  getItem({ client, name: tableName }, 'HEALTH', 'HEALTH');
