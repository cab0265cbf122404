import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ApiKey } from '#contracts/identity.ts';
import type { KeyStore } from '#core/identity/index.ts';
import { getItem, queryPage, type Table } from './dynamo-table.ts';

/** IDENTITY_TABLE: KEYS / {keyId}. Ids grow with time, so reading backwards is newest first. */
const PARTITION = 'KEYS';

const revoke = async ({ client, name }: Table, keyId: string, at: string): Promise<ApiKey | undefined> => {
  const input = {
    TableName: name,
    Key: { pk: PARTITION, sk: keyId },
    UpdateExpression: 'SET revokedAt = if_not_exists(revokedAt, :at)',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':at': at },
    ReturnValues: 'ALL_NEW' as const,
  };
  try {
    return ApiKey.parse((await client.send(new UpdateCommand(input))).Attributes);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
};

/** KeyStore on one DynamoDB table. */
export const dynamoIdentityStore = (client: DynamoDBDocumentClient, tableName: string): KeyStore => {
  const table: Table = { client, name: tableName };
  return {
    create: async ({ key, secretSha256 }) => {
      const Item = { pk: PARTITION, sk: key.keyId, ...key, secretSha256 };
      const ConditionExpression = 'attribute_not_exists(pk)';
      await client.send(new PutCommand({ TableName: tableName, Item, ConditionExpression }));
    },
    find: async (keyId) => {
      const item = await getItem(table, PARTITION, keyId);
      return item && { key: ApiKey.parse(item), secretSha256: String(item.secretSha256) };
    },
    revoke: (keyId, at) => revoke(table, keyId, at),
    list: async (page) => {
      const { items, ...rest } = await queryPage(table, { pk: PARTITION, reverse: true }, page);
      return { items: items.map((item) => ApiKey.parse(item)), ...rest };
    },
  };
};
