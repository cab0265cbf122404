import { type DatasetManifest, dataKeys } from '#contracts/datasets.ts';
import { PlatformError } from '../shared/errors.ts';
import type { ObjectStore } from '../shared/ports.ts';
import { fitsGlob, staticPrefix } from './glob.ts';
import { listed } from './nearest.ts';
import type { Tables, TextForm } from './ports.ts';
import type { NamedSource, RawFile, Source, StoredFile } from './raw-source.ts';
import { readable } from './source-errors.ts';

// Enough to fill a network connection, few enough for a small function's memory.
const DOWNLOADS_AT_ONCE = 8;

const below = (objects: ObjectStore, project: string, prefix: string): Promise<StoredFile[]> =>
  objects.list(dataKeys.raw(project, prefix)).then((found) => {
    const root = dataKeys.raw(project);
    return found.map(({ key, bytes, etag }) => ({ path: key.slice(root.length), bytes, etag }));
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

/** The files of a source in the order of their paths; those of zero bytes are left out. @throws SOURCE_MISSING, SOURCE_EMPTY */
export const findFiles = async (objects: ObjectStore, named: NamedSource): Promise<StoredFile[]> => {
  const path = named.source.path ?? named.source.database?.file ?? '';
  const found = (await below(objects, named.project, staticPrefix(path))).filter((f) => fitsGlob(path, f.path));
  if (found.length === 0) throw await missing(objects, named, path);
  const filled = found.filter(({ bytes }) => bytes > 0);
  if (filled.length > 0) return filled;
  throw new PlatformError(
    'SOURCE_EMPTY',
    `source "${named.name}": ${listed(found.map((file) => file.path))} holds 0 bytes; upload the data again`,
    { source: named.name, path },
  );
};

const byEnding = (path: string): TextForm['compression'] => {
  if (/\.gz$/i.test(path)) return 'gzip';
  return /\.zst$/i.test(path) ? 'zstd' : 'none';
};

const formOf = ({ source }: NamedSource, path: string): TextForm | undefined => {
  if (source.format === 'parquet' || source.database) return undefined;
  const form = { compression: source.compression ?? byEnding(path), encoding: source.encoding ?? 'utf-8' } as const;
  return form.compression === 'none' && form.encoding === 'utf-8' ? undefined : form;
};

const unpacked = async (tables: Tables, named: NamedSource, file: RawFile): Promise<RawFile> => {
  const form = formOf(named, file.path);
  if (!form) return file;
  const local = tables.localPath(`plain/${named.name}/${file.path.replace(/\.(gz|zst)$/i, '')}`);
  await readable(named, [file], () => tables.plainText(file.local, local, form));
  await tables.discard(file.local);
  return { ...file, local };
};

const fetchFile = async (
  objects: ObjectStore,
  tables: Tables,
  { named, path }: { readonly named: NamedSource; readonly path: string },
): Promise<RawFile> => {
  const local = tables.localPath(`raw/${named.name}/${path}`);
  await objects.download(dataKeys.raw(named.project, path), local);
  return unpacked(tables, named, { path, local, ...(await tables.fingerprint(local)) });
};

/** Copies some files of a source to the scratch folder, ready to be read. @throws SOURCE_INVALID */
export const fetchFiles = async (
  objects: ObjectStore,
  tables: Tables,
  { named, paths }: { readonly named: NamedSource; readonly paths: readonly string[] },
): Promise<RawFile[]> => {
  const waiting = [...paths.entries()];
  const fetched: RawFile[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      fetched[next[0]] = await fetchFile(objects, tables, { named, path: next[1] });
  };
  await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, worker));
  return fetched;
};

/** Names of the folders such as dt=2026-01-01/ in a path. @example partitionsOf('a/dt=1/x.csv') // ['dt'] */
export const partitionsOf = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .flatMap((folder) => folder.match(/^([A-Za-z_]\w*)=/)?.[1] ?? []);

export const isPartitioned = ({ partitioned }: Source, paths: readonly string[]): boolean =>
  partitioned ?? (paths.length > 0 && paths.every((path) => partitionsOf(path).length > 0));

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
export const fetchSource = async (objects: ObjectStore, tables: Tables, named: NamedSource): Promise<RawFile[]> => {
  const paths = (await findFiles(objects, named)).map(({ path }) => path);
  return withoutCopies(named.source, await fetchFiles(objects, tables, { named, paths }));
};

/** How manifests name raw files. */
export const asInputs = (files: readonly Omit<RawFile, 'local'>[]): DatasetManifest['inputs']['files'] =>
  files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }));
