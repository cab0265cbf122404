import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
  type S3Client,
} from '@aws-sdk/client-s3';
import { PlatformError } from '#core/shared/index.ts';

// As many as one DeleteObjects takes, and one page lists.
const AT_ONCE = 1_000;

interface Below {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
}

type Page = Pick<
  ListObjectVersionsCommandOutput,
  'Versions' | 'DeleteMarkers' | 'NextKeyMarker' | 'NextVersionIdMarker'
>;

const pageAfter = ({ client, bucket, prefix }: Below, last: Page | undefined): Promise<Page> =>
  client.send(
    new ListObjectVersionsCommand({
      Bucket: bucket,
      Prefix: prefix,
      MaxKeys: AT_ONCE,
      ...(last?.NextKeyMarker && { KeyMarker: last.NextKeyMarker }),
      ...(last?.NextVersionIdMarker && { VersionIdMarker: last.NextVersionIdMarker }),
    }),
  );

const isObject = ({ Key, VersionId }: Partial<ObjectIdentifier>): boolean =>
  Key !== undefined && VersionId !== undefined;

const removeObjects = async ({ client, bucket }: Below, Objects: ObjectIdentifier[]): Promise<void> => {
  if (Objects.length === 0) return;
  const reply = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
  const [first] = reply.Errors ?? [];
  if (first)
    throw new PlatformError('UNAVAILABLE', `S3 did not delete ${first.Key} (${first.Code}); delete once more`, {
      failed: reply.Errors?.length,
    });
};

/** Goes through the versions under a prefix a page at a time, so that a folder of any size takes the same memory. */
const removeUnder = async (below: Below, isWanted: (key: string) => boolean): Promise<void> => {
  let page: Page | undefined;
  do {
    page = await pageAfter(below, page);
    const listed = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].filter(isObject);
    const wanted = listed.filter(({ Key = '' }) => isWanted(Key));
    await removeObjects(
      below,
      wanted.map(({ Key, VersionId }) => ({ Key, VersionId })),
    );
    // A key comes before all that begin like it.
    if (listed.length > 0 && wanted.length === 0) return;
  } while (page.NextKeyMarker !== undefined && page.NextKeyMarker !== '');
};

/**
 * Removes an object and all below it with every version of each: in a versioned bucket a plain deletion frees nothing
 * until the versions' time is over.
 */
export const removeWithVersions = async (client: S3Client, bucket: string, key: string): Promise<void> => {
  await removeUnder({ client, bucket, prefix: key }, (found) => found === key);
  await removeUnder({ client, bucket, prefix: `${key}/` }, () => true);
};
