import { createHash } from 'node:crypto';
import type { ArtifactEntry, ArtifactStore, SentPart } from '#core/artifacts/index.ts';
import { PlatformError } from '#core/shared/index.ts';

interface Upload {
  readonly key: string;
  readonly parts: Map<number, Uint8Array>;
}

/** ArtifactStore in memory, for tests; its addresses are answered by `putTo` and `getFrom` in place of a network. */
export interface MemoryArtifactStore extends ArtifactStore {
  /** Sends to a presigned address; answers the ETag. */
  putTo(url: string, body: Uint8Array): Promise<string>;
  getFrom(url: string): Promise<Uint8Array>;
}

const etagOf = (body: Uint8Array): string => `"${createHash('md5').update(body).digest('hex')}"`;

const entriesIn = (files: ReadonlyMap<string, Uint8Array>, folder: string): ArtifactEntry[] => {
  const entries = new Map<string, ArtifactEntry>();
  for (const [key, { byteLength }] of files) {
    if (!key.startsWith(`${folder}/`)) continue;
    const rest = key.slice(folder.length + 1);
    const [name = ''] = rest.split('/');
    const entry = rest === name ? { name, isFolder: false, bytes: byteLength } : { name, isFolder: true };
    entries.set(`${entry.isFolder} ${name}`, entry);
  }
  return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
};

const urlOf = (key: string, query: Record<string, string>): string =>
  `memory:///${encodeURIComponent(key)}?${new URLSearchParams(query)}`;

const keyOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1));

const wholeOf = ({ parts: sent }: Upload, parts: readonly SentPart[]): Uint8Array => {
  const bodies = parts.map(({ number, etag }) => {
    const body = sent.get(number);
    if (body && etagOf(body) === etag) return body;
    throw new PlatformError('INVALID_REQUEST', `part ${number} with ${etag} was not sent; send the file again`);
  });
  return Uint8Array.from(Buffer.concat(bodies));
};

export const memoryArtifactStore = (): MemoryArtifactStore => {
  const files = new Map<string, Uint8Array>();
  const uploads = new Map<string, Upload>();
  const done = new Set<string>();
  let next = 1;
  const uploadOf = (key: string, id: string): Upload => {
    const upload = uploads.get(id);
    if (upload?.key === key) return upload;
    throw new PlatformError('INVALID_REQUEST', `there is no upload "${id}" of "${key}"; begin a new one`);
  };
  return {
    sizeOf: async (key) => files.get(key)?.byteLength,
    list: async (folder) => entriesIn(files, folder),
    read: async (key) => files.get(key)?.slice(),
    write: async (key, body) => void files.set(key, Uint8Array.from(body)),
    remove: async (key) => {
      for (const one of files.keys()) if (one === key || one.startsWith(`${key}/`)) files.delete(one);
    },
    presignDownload: async (key) => urlOf(key, { get: '1' }),
    presignUpload: async (key) => urlOf(key, { put: '1' }),
    presignPart: async (key, { uploadId, number }) => urlOf(key, { uploadId, number: String(number) }),
    beginParts: async (key) => {
      const id = `upload-${next++}`;
      uploads.set(id, { key, parts: new Map() });
      return id;
    },
    completeParts: async (key, id, parts) => {
      if (done.has(id)) return;
      files.set(key, wholeOf(uploadOf(key, id), parts));
      uploads.delete(id);
      done.add(id);
    },
    abortParts: async (_, id) => void uploads.delete(id),
    putTo: async (url, body) => {
      const { searchParams } = new URL(url);
      const id = searchParams.get('uploadId');
      if (id === null) files.set(keyOf(url), body);
      else uploadOf(keyOf(url), id).parts.set(Number(searchParams.get('number')), body);
      return etagOf(body);
    },
    getFrom: async (url) => files.get(keyOf(url)) ?? new Uint8Array(),
  };
};
