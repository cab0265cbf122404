import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { emulator } from '#test/helpers/emulator.ts';
import { objectStoreContract } from '../object-store-contract.ts';

objectStoreContract('S3', async () => {
  const { s3, freshBucket } = await emulator();
  return s3ObjectStore(s3, await freshBucket());
});

describe('S3 that has not decided between writers', () => {
  const named = (name: string) => Object.assign(new Error(name), { name });
  const conflict = named('ConditionalRequestConflict');
  const asked = (...answers: Error[]) => {
    const client = new S3Client({});
    const s3 = mockClient(client);
    answers.reduce((stub, error) => stub.rejectsOnce(error), s3.on(PutObjectCommand));
    return { s3, isNew: s3ObjectStore(client, 'b').putNew('k', 'text') };
  };

  it('is asked again, and answers who was first', async () => {
    const { s3, isNew } = asked(conflict, named('PreconditionFailed'));
    expect(await isNew).toBe(false);
    const puts = s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);
    expect(puts).toEqual(Array(2).fill({ Bucket: 'b', Key: 'k', Body: 'text', IfNoneMatch: '*' }));
  });

  it('is given up when it never decides, and what else fails is told at once', async () => {
    const never = asked(...Array(6).fill(conflict));
    await expect(never.isNew).rejects.toBe(conflict);
    expect(never.s3.calls()).toHaveLength(5);
    await expect(asked(named('AccessDenied')).isNew).rejects.toThrow('AccessDenied');
  });
});
