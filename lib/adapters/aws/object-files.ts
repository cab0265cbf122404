import type { ObjectStore } from '#core/shared/ports.ts';
import type { ArtifactFiles } from '#core/training/index.ts';
import { ownKey } from './own-key.ts';

/** Files as objects of one bucket; an address of another bucket is refused. */
export const objectFiles = (objects: ObjectStore): ArtifactFiles => ({
  read: (uri) => objects.get(ownKey(objects, uri)),
  write: (uri, body, contentType) => objects.put(ownKey(objects, uri), body, contentType),
});
