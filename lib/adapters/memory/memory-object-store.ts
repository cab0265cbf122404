import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { ObjectStore } from '#core/shared/ports.ts';

const bytesOf = (body: Uint8Array | string): Uint8Array =>
  typeof body === 'string' ? new TextEncoder().encode(body) : Uint8Array.from(body);

/** ObjectStore in a map, for tests; presigned addresses lead nowhere. */
export const memoryObjectStore = (bucket = 'memory-bucket', now: () => Date = () => new Date()): ObjectStore => {
  const objects = new Map<string, { body: Uint8Array; modifiedAt: Date; etag: string }>();
  const put = (key: string, content: Uint8Array | string): void => {
    const body = bytesOf(content);
    objects.set(key, { body, modifiedAt: now(), etag: createHash('md5').update(body).digest('hex') });
  };
  const need = (key: string): Uint8Array => {
    const found = objects.get(key);
    if (!found) throw new Error(`nothing lies at ${bucket}/${key}`);
    return found.body;
  };
  return {
    bucket,
    get: async (key) => objects.get(key)?.body.slice(),
    put: async (key, body) => put(key, body),
    putNew: async (key, body) => {
      if (objects.has(key)) return false;
      put(key, body);
      return true;
    },
    list: async (prefix) =>
      [...objects]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, { body, modifiedAt, etag }]) => ({ key, bytes: body.length, modifiedAt, etag }))
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
    download: (key, file) => writeFile(file, need(key)),
    upload: async (file, key) => put(key, await readFile(file)),
    presign: async (action, key) => `memory://${bucket}/${key}?${action}`,
  };
};
