import { parseS3Uri } from '#core/shared/index.ts';
import type { ObjectStore } from '#core/shared/ports.ts';
import type { Documents } from '#core/training/index.ts';

/** Documents as JSON objects of one bucket; an address of another bucket is refused. */
export const objectDocuments = (objects: ObjectStore): Documents => {
  const keyOf = (uri: string): string => {
    const { bucket, key } = parseS3Uri(uri);
    if (bucket !== objects.bucket) throw new Error(`${uri} is not in bucket ${objects.bucket}`);
    return key;
  };
  return {
    read: async (uri) => {
      const body = await objects.get(keyOf(uri));
      return body && JSON.parse(new TextDecoder().decode(body));
    },
    write: (uri, content) => objects.put(keyOf(uri), JSON.stringify(content, null, 2), 'application/json'),
  };
};
