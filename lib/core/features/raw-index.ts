import { dataKeys } from '#contracts/datasets.ts';
import type { ObjectStore } from '../shared/ports.ts';
import { utf8Text } from '../shared/utf8.ts';
import type { Tables } from './ports.ts';
import { fetchFiles, findFiles, withoutCopies } from './raw-files.ts';
import type { NamedSource, RawFile, StoredFile } from './raw-source.ts';

/** A file whose content is known by its hash, with the copy of it where one was needed to know it. */
export interface KnownFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly fetched?: RawFile | undefined;
}

interface Fingerprint {
  readonly bytes: number;
  readonly etag: string;
  readonly sha256: string;
}
type RawIndex = Readonly<Record<string, Fingerprint>>;

const readIndex = async (objects: ObjectStore, { project, name }: NamedSource): Promise<RawIndex> => {
  const body = await objects.get(dataKeys.rawIndex(project, name));
  return body ? (JSON.parse(utf8Text(body)) as RawIndex) : {};
};

// Of two runs at the same time the last one's index stays; what the other knew is looked up again.
const writeIndex = async (objects: ObjectStore, { project, name }: NamedSource, index: RawIndex): Promise<void> => {
  await objects.put(dataKeys.rawIndex(project, name), JSON.stringify(index), 'application/json');
};

const sha256In = (index: RawIndex, { path, bytes, etag }: StoredFile): string | undefined => {
  const kept = index[path];
  return kept?.bytes === bytes && kept.etag === etag ? kept.sha256 : undefined;
};

/**
 * The files of a source, each content once, by hash. Only files that are new or were replaced since the last time are
 * copied: the index says what the others hold.
 * @throws SOURCE_MISSING, SOURCE_EMPTY, SOURCE_INVALID
 */
export const knownFiles = async (objects: ObjectStore, tables: Tables, named: NamedSource): Promise<KnownFile[]> => {
  const stored = await findFiles(objects, named);
  const index = await readIndex(objects, named);
  const unknown = stored.filter((file) => sha256In(index, file) === undefined);
  const paths = unknown.map(({ path }) => path);
  const fetched = new Map((await fetchFiles(objects, tables, { named, paths })).map((file) => [file.path, file]));
  const known = stored.map((file) => {
    const copy = fetched.get(file.path);
    const sha256 = copy?.sha256 ?? sha256In(index, file) ?? '';
    return { path: file.path, bytes: copy?.bytes ?? file.bytes, sha256, etag: file.etag, fetched: copy };
  });
  if (unknown.length > 0 || Object.keys(index).length !== stored.length)
    await writeIndex(
      objects,
      named,
      Object.fromEntries(known.map(({ path, bytes, etag, sha256 }) => [path, { bytes, etag, sha256 }])),
    );
  return withoutCopies(named.source, known);
};
