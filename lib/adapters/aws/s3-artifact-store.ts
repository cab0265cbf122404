import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ArtifactEntry, ArtifactStore } from '#core/artifacts/index.ts';
import { s3MultipartUploads, uploadName } from './s3-multipart-uploads.ts';
import { removeWithVersions } from './s3-remove.ts';

export interface S3ArtifactClients {
  readonly client: S3Client;
  /** Signs addresses for others: must know the bucket by the name that they reach it under. */
  readonly presigning: S3Client;
}

/** Undefined for an object that is not there. */
const unlessMissing = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NoSuchKey || error instanceof NotFound) return undefined;
    throw error;
  }
};

const list = async (client: S3Client, bucket: string, folder: string): Promise<ArtifactEntry[]> => {
  const found: ArtifactEntry[] = [];
  const prefix = `${folder}/`;
  const nameOf = (key = ''): string => key.slice(prefix.length);
  const query = { Bucket: bucket, Prefix: prefix, Delimiter: '/' };
  for await (const page of paginateListObjectsV2({ client }, query)) {
    for (const { Prefix } of page.CommonPrefixes ?? [])
      found.push({ name: nameOf(Prefix).slice(0, -1), isFolder: true });
    for (const { Key, Size } of page.Contents ?? [])
      found.push({ name: nameOf(Key), isFolder: false, bytes: Size ?? 0 });
  }
  // An object of the folder's own name is a mark that some tools leave. S3 sorts by bytes, a page at a time.
  return found.filter(({ name }) => name !== '').sort((a, b) => (a.name < b.name ? -1 : 1));
};

/** ArtifactStore on one S3 bucket. */
export const s3ArtifactStore = ({ client, presigning }: S3ArtifactClients, bucket: string): ArtifactStore => {
  const at = (key: string) => ({ Bucket: bucket, Key: key });
  return {
    sizeOf: async (key) => (await unlessMissing(client.send(new HeadObjectCommand(at(key)))))?.ContentLength,
    list: (folder) => list(client, bucket, folder),
    read: async (key) => {
      const reply = await unlessMissing(client.send(new GetObjectCommand(at(key))));
      return reply?.Body?.transformToByteArray();
    },
    write: async (key, body, contentType) => {
      await client.send(new PutObjectCommand({ ...at(key), Body: body, ContentType: contentType }));
    },
    remove: (key) => removeWithVersions(client, bucket, key),
    presignDownload: (key, { contentType, contentDisposition }, validSeconds) => {
      const dress = { ResponseContentType: contentType, ResponseContentDisposition: contentDisposition };
      return getSignedUrl(presigning, new GetObjectCommand({ ...at(key), ...dress }), { expiresIn: validSeconds });
    },
    presignUpload: (key, validSeconds) =>
      getSignedUrl(presigning, new PutObjectCommand(at(key)), { expiresIn: validSeconds }),
    presignPart: (key, { uploadId, number }, validSeconds) => {
      const part = new UploadPartCommand({ ...at(key), UploadId: uploadName(uploadId).id, PartNumber: number });
      return getSignedUrl(presigning, part, { expiresIn: validSeconds });
    },
    ...s3MultipartUploads(client, bucket),
  };
};
