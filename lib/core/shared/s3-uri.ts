import { PlatformError } from './errors.ts';

/** @example parseS3Uri('s3://bucket/a/b') // { bucket: 'bucket', key: 'a/b' } */
export const parseS3Uri = (uri: string): { bucket: string; key: string } => {
  const match = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri);
  if (!match?.[1])
    throw new PlatformError('INVALID_REQUEST', `"${uri}" is not an address like s3://bucket/key`, { uri });
  return { bucket: match[1], key: match[2] ?? '' };
};

/** @example s3Uri('bucket', 'a/b') // 's3://bucket/a/b' */
export const s3Uri = (bucket: string, key: string): string => `s3://${bucket}/${key}`;
