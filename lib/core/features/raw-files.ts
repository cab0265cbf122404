import { type DatasetManifest, dataKeys } from '#contracts/datasets.ts';
import type { Project } from '#contracts/project.ts';
import { PlatformError } from '../shared/errors.ts';
import type { ObjectStore } from '../shared/ports.ts';
import { fitsGlob, staticPrefix } from './glob.ts';
import { listed } from './nearest.ts';
import type { LocalFile, Tables } from './ports.ts';

export type Source = Project['sources'][string];
export interface NamedSource {
  readonly project: string;
  readonly name: string;
  readonly source: Source;
}

/** A raw file in the scratch folder. `path` is relative to the project's raw prefix. */
export interface RawFile extends LocalFile {
  readonly path: string;
  readonly local: string;
}

export interface LoadedSource extends NamedSource {
  readonly files: readonly RawFile[];
  /** Lower-case names of columns whose values stay text whatever they look like, so that 00123 keeps its zeros. */
  readonly textColumns: readonly string[];
}

// Enough to fill a network connection, few enough for a small function's memory.
const DOWNLOADS_AT_ONCE = 8;

const below = (objects: ObjectStore, project: string, prefix: string) =>
  objects.list(dataKeys.raw(project, prefix)).then((found) => {
    const root = dataKeys.raw(project);
    return found.map(({ key, bytes }) => ({ path: key.slice(root.length), bytes }));
  });

const missing = async (objects: ObjectStore, { project, name, source }: NamedSource): Promise<PlatformError> => {
  const there = (await below(objects, project, '')).map(({ path }) => path);
  return new PlatformError(
    'SOURCE_MISSING',
    `source "${name}" has no file at "${source.path}"; below the raw prefix of ${project} lie: ${listed(there)}. ` +
      'Upload the files, or correct the path in project.yaml',
    { source: name, path: source.path, present: there.slice(0, 100) },
  );
};

const findFiles = async (objects: ObjectStore, named: NamedSource): Promise<string[]> => {
  const { project, name, source } = named;
  const found = (await below(objects, project, staticPrefix(source.path))).filter((f) => fitsGlob(source.path, f.path));
  if (found.length === 0) throw await missing(objects, named);
  const filled = found.filter(({ bytes }) => bytes > 0);
  if (filled.length > 0) return filled.map(({ path }) => path);
  throw new PlatformError(
    'SOURCE_EMPTY',
    `source "${name}": ${listed(found.map(({ path }) => path))} holds 0 bytes; upload the data again`,
    { source: name, path: source.path },
  );
};

/** Copies the files of a source to the scratch folder; files of zero bytes are left out. @throws SOURCE_MISSING, SOURCE_EMPTY */
export const fetchSource = async (objects: ObjectStore, tables: Tables, named: NamedSource): Promise<RawFile[]> => {
  const waiting = [...(await findFiles(objects, named)).entries()];
  const fetched: RawFile[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, path] = next;
      const local = tables.localPath(`raw/${path}`);
      await objects.download(dataKeys.raw(named.project, path), local);
      fetched[index] = { path, local, ...(await tables.fingerprint(local)) };
    }
  };
  await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, worker));
  return fetched;
};

/** How manifests name raw files. */
export const asInputs = (files: readonly RawFile[]): DatasetManifest['inputs']['files'] =>
  files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }));
