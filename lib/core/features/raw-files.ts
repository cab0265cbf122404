import { type DatasetManifest, dataKeys } from '#contracts/datasets.ts';
import { PlatformError } from '../shared/errors.ts';
import type { ObjectStore } from '../shared/ports.ts';
import { fitsGlob, staticPrefix } from './glob.ts';
import { listed } from './nearest.ts';
import { isPartitioned } from './partitions.ts';
import type { Tables } from './ports.ts';
import type { FetchedFile, NamedSource, RawFile, Source, StoredFile } from './raw-source.ts';
import { readable } from './source-errors.ts';
import { formOf } from './text-form.ts';

// Enough to fill a network connection, few enough for a small function's memory.
const DOWNLOADS_AT_ONCE = 8;

const below = (objects: ObjectStore, project: string, prefix: string): Promise<StoredFile[]> =>
  objects.list(dataKeys.raw(project, prefix)).then((found) => {
    const root = dataKeys.raw(project);
    return found.map(({ key, ...rest }) => ({ ...rest, path: key.slice(root.length) }));
  });

const missing = async (objects: ObjectStore, { project, name }: NamedSource, path: string): Promise<PlatformError> => {
  const there = (await below(objects, project, '')).map((file) => file.path);
  return new PlatformError(
    'SOURCE_MISSING',
    `source "${name}" has no file at "${path}"; below the raw prefix of ${project} lie: ${listed(there)}. ` +
      'Upload the files, or correct the path in project.yaml',
    { source: name, path, present: there.slice(0, 100) },
  );
};

// An object may be named so; its copy in the scratch folder would lie outside of it.
const checkInside = ({ name }: NamedSource, found: readonly StoredFile[]): void => {
  const climbing = found.find(({ path }) => path.split('/').includes('..'));
  if (!climbing) return;
  const { path } = climbing;
  const words = `source "${name}": ${path} has ".." in its name; upload the file under another`;
  throw new PlatformError('SOURCE_INVALID', words, { source: name, path });
};

const isStoredSince = (since: Date | undefined, { modifiedAt }: { readonly modifiedAt: Date }): boolean =>
  since === undefined || modifiedAt >= since;

/**
 * The files of a source in the order of their paths; those of zero bytes are left out. None is an answer only where files
 * stored since a moment are asked for.
 * @throws SOURCE_MISSING, SOURCE_EMPTY, SOURCE_INVALID
 */
export const findFiles = async (objects: ObjectStore, named: NamedSource): Promise<StoredFile[]> => {
  const path = named.source.path ?? named.source.database?.file ?? '';
  const found = (await below(objects, named.project, staticPrefix(path))).filter((f) => fitsGlob(path, f.path));
  if (found.length === 0) throw await missing(objects, named, path);
  checkInside(named, found);
  const filled = found.filter(({ bytes }) => bytes > 0);
  if (filled.length > 0) return filled.filter((file) => isStoredSince(named.storedSince, file));
  throw new PlatformError(
    'SOURCE_EMPTY',
    `source "${named.name}": ${listed(found.map((file) => file.path))} holds 0 bytes; upload the data again`,
    { source: named.name, path },
  );
};

const unpacked = async <T extends FetchedFile>(tables: Tables, named: NamedSource, file: T): Promise<T> => {
  const form = formOf(named, file.path);
  if (!form) return file;
  // The whole name: x.csv, x.csv.gz and x.csv.zst may lie side by side.
  const local = tables.localPath(`plain/${named.name}/${file.path}`);
  await readable(named, [file], () => tables.plainText(file.local, local, form));
  await tables.discard(file.local);
  return { ...file, local };
};

interface FileOf {
  readonly named: NamedSource;
  readonly path: string;
}

const copy = async (objects: ObjectStore, tables: Tables, { named, path }: FileOf): Promise<FetchedFile> => {
  const local = tables.localPath(`raw/${named.name}/${path}`);
  await objects.download(dataKeys.raw(named.project, path), local);
  return { path, local };
};

const readyCopy = async (objects: ObjectStore, tables: Tables, file: FileOf): Promise<FetchedFile> =>
  unpacked(tables, file.named, await copy(objects, tables, file));

const fetchFile = async (objects: ObjectStore, tables: Tables, file: FileOf): Promise<RawFile> => {
  const copied = await copy(objects, tables, file);
  return unpacked(tables, file.named, { ...copied, ...(await tables.fingerprint(copied.local)) });
};

const eachOf = async <F, T>(files: readonly F[], fetch: (file: F) => Promise<T>): Promise<T[]> => {
  const waiting = [...files.entries()];
  const fetched: T[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) fetched[next[0]] = await fetch(next[1]);
  };
  const stop = (error: unknown): never => {
    waiting.length = 0;
    throw error;
  };
  // Waits for all, also behind a failure: nobody may write to the scratch folder once it is removed.
  const ends = await Promise.allSettled(Array.from({ length: DOWNLOADS_AT_ONCE }, () => worker().catch(stop)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  return fetched;
};

/** Copies some files of a source to the scratch folder, ready to be read. @throws SOURCE_INVALID */
export const fetchFiles = (
  objects: ObjectStore,
  tables: Tables,
  { named, paths }: { readonly named: NamedSource; readonly paths: readonly string[] },
): Promise<RawFile[]> => eachOf(paths, (path) => fetchFile(objects, tables, { named, path }));

/**
 * Files without copies: of those with the same content the first by path counts, so that a file that was uploaded again
 * under another name changes nothing. Where folders are columns the same content elsewhere is other data.
 */
export const withoutCopies = <T extends { readonly path: string; readonly sha256: string }>(
  source: Source,
  files: readonly T[],
): T[] => {
  const folders = isPartitioned(
    source,
    files.map(({ path }) => path),
  );
  const content = ({ path, sha256 }: T) => (folders ? `${path.slice(0, path.lastIndexOf('/'))} ${sha256}` : sha256);
  const first = new Map<string, T>();
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1)))
    if (!first.has(content(file))) first.set(content(file), file);
  return [...first.values()];
};

/** Copies the files of a source to the scratch folder, each content once. @throws SOURCE_MISSING, SOURCE_EMPTY, SOURCE_INVALID */
export const fetchSource = async (objects: ObjectStore, tables: Tables, named: NamedSource): Promise<FetchedFile[]> => {
  const stored = await findFiles(objects, named);
  const bySize = Map.groupBy(stored, ({ bytes }) => bytes);
  // A size that no other file has tells it from all others; to read the whole file for its hash takes long.
  const fetch = async ({ path, bytes }: StoredFile) =>
    bySize.get(bytes)?.length === 1
      ? { ...(await readyCopy(objects, tables, { named, path })), sha256: `${bytes} bytes` }
      : fetchFile(objects, tables, { named, path });
  return withoutCopies(named.source, await eachOf(stored, fetch));
};

/** How manifests name raw files. */
export const asInputs = (files: readonly Omit<RawFile, 'local'>[]): DatasetManifest['inputs']['files'] =>
  files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }));
