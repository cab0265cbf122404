import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type _Object,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ObjectStore, StoredObject } from '#core/shared/ports.ts';
import { backOff } from './back-off.ts';

const storedObject = ({ Key, Size, LastModified, ETag }: _Object): StoredObject => ({
  key: Key ?? '',
  bytes: Size ?? 0,
  modifiedAt: LastModified ?? new Date(0),
  etag: (ETag ?? '').replaceAll('"', ''),
});

const typed = (contentType: string | undefined) => contentType !== undefined && { ContentType: contentType };

const MOST_TRIES = 5;

/** S3 answers a conflict while it has not decided between several at once, and asks to be asked again. */
const written = async (put: () => Promise<unknown>, attempt = 1): Promise<boolean> => {
  try {
    await put();
    return true;
  } catch (error) {
    const { name } = error as Error;
    if (name === 'PreconditionFailed') return false;
    if (name !== 'ConditionalRequestConflict' || attempt === MOST_TRIES) throw error;
    await backOff(attempt);
    return written(put, attempt + 1);
  }
};

/** ObjectStore on one S3 bucket. */
export const s3ObjectStore = (client: S3Client, bucket: string): ObjectStore => ({
  bucket,
  get: async (key) => {
    try {
      const reply = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return await reply.Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  },
  put: async (key, body, contentType) => {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ...typed(contentType) }));
  },
  putNew: (key, body, contentType) => {
    const input = { Bucket: bucket, Key: key, Body: body, IfNoneMatch: '*', ...typed(contentType) };
    return written(() => client.send(new PutObjectCommand(input)));
  },
  list: async (prefix) => {
    const found: StoredObject[] = [];
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }))
      found.push(...(page.Contents ?? []).map(storedObject));
    return found;
  },
  download: async (key, file) => {
    const reply = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    await pipeline(reply.Body as Readable, createWriteStream(file));
  },
  upload: async (file, key, contentType) => {
    const params = { Bucket: bucket, Key: key, Body: createReadStream(file), ...typed(contentType) };
    await new Upload({ client, params }).done();
  },
  presign: (action, key, validSeconds) => {
    const target = { Bucket: bucket, Key: key };
    const command = action === 'get' ? new GetObjectCommand(target) : new PutObjectCommand(target);
    return getSignedUrl(client, command, { expiresIn: validSeconds });
  },
});
