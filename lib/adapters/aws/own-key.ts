import { parseS3Uri } from '#core/shared/index.ts';
import type { ObjectStore } from '#core/shared/ports.ts';

/** Key of an s3:// address in a bucket. @throws Error for one of another bucket */
export const ownKey = (objects: ObjectStore, uri: string): string => {
  const { bucket, key } = parseS3Uri(uri);
  if (bucket !== objects.bucket) throw new Error(`${uri} is not in bucket ${objects.bucket}`);
  return key;
};
