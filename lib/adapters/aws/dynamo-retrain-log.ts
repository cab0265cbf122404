import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { RetrainLog, RetrainRequest } from '#core/monitoring/index.ts';

const HOUR_MS = 3_600_000;

const claimOf = (table: string, request: RetrainRequest, coolDownHours: number): PutCommand => {
  const { project, modelVersion, execution, at } = request;
  const key = { pk: `RETRAIN#${project}`, sk: String(modelVersion).padStart(10, '0') };
  return new PutCommand({
    TableName: table,
    Item: { ...key, execution, claimedAt: at.toISOString() },
    // ISO times sort as text.
    ConditionExpression: 'attribute_not_exists(pk) OR #execution = :execution OR #claimedAt <= :cooled',
    ExpressionAttributeNames: { '#execution': 'execution', '#claimedAt': 'claimedAt' },
    ExpressionAttributeValues: {
      ':execution': execution,
      ':cooled': new Date(at.getTime() - coolDownHours * HOUR_MS).toISOString(),
    },
  });
};

/** RetrainLog on the projects table: RETRAIN#{project} / {version}, the last claim of each version. */
export const dynamoRetrainLog = (client: DynamoDBDocumentClient, table: string): RetrainLog => ({
  claim: async (request, coolDownHours) => {
    try {
      await client.send(claimOf(table, request, coolDownHours));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  },
});
