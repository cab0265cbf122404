import type { ObjectStore } from '#core/shared/ports.ts';
import type { Documents } from '#core/training/index.ts';
import { ownKey } from './own-key.ts';

/** Documents as JSON objects of one bucket; an address of another bucket is refused. */
export const objectDocuments = (objects: ObjectStore): Documents => ({
  read: async (uri) => {
    const body = await objects.get(ownKey(objects, uri));
    return body && JSON.parse(new TextDecoder().decode(body));
  },
  write: (uri, content) => objects.put(ownKey(objects, uri), JSON.stringify(content, null, 2), 'application/json'),
});
