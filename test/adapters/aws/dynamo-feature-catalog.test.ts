import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { dynamoFeatureCatalog } from '#adapters/aws/dynamo-feature-catalog.ts';
import { pageToken } from '#adapters/system/page-token.ts';
import { featureCatalogContract } from '#test/adapters/feature-catalog-contract.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';
import { someView } from '#test/helpers/some-definitions.ts';

const fresh = async () => {
  const { documents, freshTable } = await emulator();
  return dynamoFeatureCatalog(documents, await freshTable('pk', 'sk'));
};

featureCatalogContract('DynamoDB', fresh);

it('refuses a token of another list before it asks the table', async () => {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'us-east-1' }));
  const mock = mockClient(client);
  const list = dynamoFeatureCatalog(client, 'catalog').list;
  const page = { maxResults: 10, pageToken: pageToken('zz#view#usage') };
  await expect(list({ project: 'aa', where: () => true }, page)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  expect(mock.calls()).toHaveLength(0);
});

it(
  'refuses what no item can hold, and says how large it is',
  async () => {
    const catalog = await fresh();
    const names = Array.from({ length: 500 }, (_, i) => ({
      name: `feature_${i}`,
      type: 'number',
      description: 'x'.repeat(1_000),
    }));
    await expect(catalog.save(someView('wide', names))).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      details: { bytes: expect.any(Number) },
    });
    expect(await catalog.latest('churn', 'view', 'wide')).toBeUndefined();
  },
  EMULATOR_START_MS,
);
