import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { projectStoreContract } from '#test/adapters/project-store-contract.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';
import { someProject } from '#test/helpers/some-project.ts';

projectStoreContract('DynamoDB', async () => {
  const { documents, freshTable } = await emulator();
  return dynamoProjectStore(documents, await freshTable('pk', 'sk'));
});

it(
  'refuses what no item can hold, and says how large it is: files and settings together',
  async () => {
    const { documents, freshTable } = await emulator();
    const store = dynamoProjectStore(documents, await freshTable('pk', 'sk'));
    const facts = { version: 1, contentSha256: 'a', appliedAt: '', appliedBy: 'ann' };
    const files = { 'sql/dataset.sql': randomBytes(100_000).toString('hex') };
    const features = Array.from({ length: 8_000 }, (_, i) => ({ name: `feature_${i}`, type: 'number' as const }));
    const [view] = someProject().featureViews;
    const wide = { ...someProject(), featureViews: [{ ...view, features }] } as ReturnType<typeof someProject>;
    await expect(store.save({ ...facts, project: wide, files })).rejects.toMatchObject({
      code: 'PROJECT_INVALID',
      details: { fileBytes: expect.any(Number), projectBytes: expect.any(Number) },
    });
    expect(await store.latest('churn')).toBeUndefined();
    await store.save({ ...facts, project: someProject(), files });
    expect(await store.latest('churn')).toMatchObject({ files });
  },
  EMULATOR_START_MS,
);
