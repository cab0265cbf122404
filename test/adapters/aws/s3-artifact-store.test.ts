import { ListObjectVersionsCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from '@jest/globals';
import { s3ArtifactStore } from '#adapters/aws/s3-artifact-store.ts';
import { artifactStoreContract } from '#test/adapters/artifact-store-contract.ts';
import { EMULATOR_START_MS, emulator } from '#test/helpers/emulator.ts';

const versionedStore = async () => {
  const { s3, config, freshBucket } = await emulator();
  const bucket = await freshBucket();
  const VersioningConfiguration = { Status: 'Enabled' as const };
  await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
  const presigning = new S3Client({ ...config, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' });
  return { s3, bucket, artifacts: s3ArtifactStore({ client: s3, presigning }, bucket) };
};

artifactStoreContract('S3', async () => {
  const { artifacts } = await versionedStore();
  return {
    artifacts,
    put: async (url, body) => {
      const reply = await fetch(url, { method: 'PUT', body: Buffer.from(body) });
      expect(reply.status).toBe(200);
      return reply.headers.get('etag') ?? '';
    },
    get: async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer()),
  };
});

it(
  'frees every version of more files than one deletion takes',
  async () => {
    const { s3, bucket, artifacts } = await versionedStore();
    const keys = Array.from({ length: 1_005 }, (_, i) => `1/r/artifacts/many/${i}`);
    const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
    await Promise.all([...keys, keys[0]!, '1/r/artifacts/many-more'].map(put));
    await artifacts.remove('1/r/artifacts/many');
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    expect([Versions.map(({ Key }) => Key), DeleteMarkers]).toEqual([['1/r/artifacts/many-more'], []]);
  },
  EMULATOR_START_MS,
);

it('lists more than one page holds', async () => {
  const { s3, bucket, artifacts } = await versionedStore();
  const keys = Array.from({ length: 1_003 }, (_, i) => `1/r/artifacts/${String(i).padStart(4, '0')}`);
  await Promise.all(keys.map((Key) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }))));
  expect(await artifacts.list('1/r/artifacts')).toHaveLength(1_003);
}, 60_000);
