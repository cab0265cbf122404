import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { currentDeployments } from './dynamo-deployment-store.ts';

/** Every model's newest document as it lies in the table: who follows them looks at each on its own. */
export const dynamoDeploymentListing = (client: DynamoDBDocumentClient, table: string) => ({
  list: async (): Promise<unknown[]> => {
    const found: unknown[] = [];
    for await (const page of paginateQuery({ client }, currentDeployments(table))) found.push(...(page.Items ?? []));
    return found;
  },
});
