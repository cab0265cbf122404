import { randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  NoSuchUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ArtifactStore, SentPart } from '#core/artifacts/index.ts';
import { PlatformError } from '#core/shared/index.ts';

const BAD_PARTS = new Set(['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'MalformedXML', 'InvalidArgument']);

const isGone = (error: unknown): boolean => error instanceof NoSuchUpload || (error as Error).name === 'NoSuchUpload';

const refused = (error: Error): unknown => {
  if (!BAD_PARTS.has(error.name)) return error;
  const message = `S3 refuses the parts (${error.name}: ${error.message}); abort the upload and send the file again`;
  return new PlatformError('INVALID_REQUEST', message);
};

/** Metadata of the file that an upload makes. */
const MARK = 'upload-mark';

interface UploadName {
  /** As S3 knows it. */
  readonly id: string;
  readonly mark?: string | undefined;
}
/** The id that callers know: S3's own and the mark; S3's holds no ~. */
export const uploadName = (uploadId: string): UploadName => {
  const [id = '', mark] = uploadId.split('~');
  return { id, mark };
};

interface Completion {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  readonly parts: readonly SentPart[];
}

/**
 * S3 forgets an upload when it is complete. The file it made is known by a mark that the upload was begun with, which the
 * upload's id carries: another upload of the same file, by somebody else or before, has another one.
 */
const isDone = async ({ client, bucket, key, uploadId, parts }: Completion): Promise<boolean> => {
  const { mark } = uploadName(uploadId);
  const reply = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).catch(() => undefined);
  const isOfUpload = mark !== undefined && reply?.Metadata?.[MARK] === mark;
  return isOfUpload && reply.ETag?.endsWith(`-${parts.length}"`) === true;
};

const complete = async (completion: Completion): Promise<void> => {
  const { client, bucket, key, uploadId, parts } = completion;
  const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
  const target = { Bucket: bucket, Key: key, UploadId: uploadName(uploadId).id };
  try {
    await client.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } }));
  } catch (error) {
    if (!isGone(error)) throw refused(error as Error);
    if (await isDone(completion)) return;
    const message = `there is no upload "${uploadId}" of "${key}"; begin a new one`;
    throw new PlatformError('INVALID_REQUEST', message, { uploadId });
  }
};

type MultipartUploads = Pick<ArtifactStore, 'beginParts' | 'completeParts' | 'abortParts'>;

/** Uploads in parts of one S3 bucket. */
export const s3MultipartUploads = (client: S3Client, bucket: string): MultipartUploads => ({
  beginParts: async (key, contentType) => {
    const mark = randomUUID();
    const wanted = { Bucket: bucket, Key: key, ContentType: contentType, Metadata: { [MARK]: mark } };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(wanted));
    if (UploadId === undefined) throw new PlatformError('UNAVAILABLE', 'S3 began no upload; try again');
    return `${UploadId}~${mark}`;
  },
  completeParts: (key, uploadId, parts) => complete({ client, bucket, key, uploadId, parts }),
  abortParts: async (key, uploadId) => {
    try {
      const { id } = uploadName(uploadId);
      await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: id }));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  },
});
