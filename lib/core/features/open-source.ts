import type { Project } from '#contracts/project.ts';
import { PlatformError } from '../shared/errors.ts';
import type { ObjectStore } from '../shared/ports.ts';
import { copyDatabase } from './database-source.ts';
import { loadSource } from './load-source.ts';
import { didYouMean, listed } from './nearest.ts';
import type { SourceDatabases, Tables, UserSql } from './ports.ts';
import { fetchFiles, fetchSource } from './raw-files.ts';
import { type KnownFile, knownFiles } from './raw-index.ts';
import type { FetchedFile, LoadedSource, NamedSource, RawFile, Source } from './raw-source.ts';

/** What reading sources needs. `objects` is the data bucket. */
export interface SourceDeps {
  readonly objects: ObjectStore;
  /** @default - no database can be read */
  readonly databases?: SourceDatabases | undefined;
}

/** A source whose content is known, though it may not have been copied yet. */
export interface KnownSource extends Omit<LoadedSource, 'files'> {
  readonly files: readonly KnownFile[];
}

export interface SourceRequest {
  readonly project: Project;
  readonly name: string;
  /** Name of the table or view. @default the source's own */
  readonly as?: string;
  /** $start and $end of a database's query. */
  readonly parameters?: UserSql['parameters'] | undefined;
}

const lower = (name: string): string => name.toLowerCase();

// Ids stay text unless the project says that an entity's are numbers.
export const textColumns = ({ entities }: Project, { key }: Source): string[] => {
  const names = (type: 'string' | 'number') => entities.filter((e) => e.type === type).map((e) => lower(e.joinKey));
  const own = key === undefined || names('number').includes(lower(key)) ? [] : [lower(key)];
  return [...names('string'), ...own];
};

const requireSource = (project: Project, name: string): Source => {
  const source = project.sources[name];
  if (source) return source;
  const names = Object.keys(project.sources);
  throw new PlatformError(
    'SOURCE_MISSING',
    `project ${project.name} has no source "${name}"${didYouMean(name, names)}; it has: ${listed(names)}`,
    { project: project.name, source: name },
  );
};

/** Learns what a source holds without reading its rows; a database is copied for it. */
export const knowSource = async (deps: SourceDeps, tables: Tables, request: SourceRequest): Promise<KnownSource> => {
  const { project, name, as = name, parameters = {} } = request;
  const source = requireSource(project, name);
  const named = { project: project.name, name, source };
  const files = source.database
    ? [await copyDatabase(deps, tables, { named, parameters })]
    : await knownFiles(deps.objects, tables, named);
  return { ...named, files, textColumns: textColumns(project, source), table: as };
};

/**
 * The files of a source in the scratch folder, for those who read it on their own; a database's rows are one file.
 * @throws SOURCE_MISSING, SOURCE_EMPTY, SOURCE_INVALID, EXTENSION_MISSING
 */
export const fetchNamed = async (deps: SourceDeps, tables: Tables, named: NamedSource): Promise<FetchedFile[]> => {
  if (!named.source.database) return fetchSource(deps.objects, tables, named);
  const { fetched } = await copyDatabase(deps, tables, { named, parameters: {} });
  return fetched ? [fetched] : [];
};

const replaced = ({ name }: NamedSource, path: string): PlatformError =>
  new PlatformError('UNAVAILABLE', `source "${name}": ${path} was replaced while it was read; run it again`, { path });

/** Makes the table or view of a known source; copies what was not copied yet. @throws what loadSource throws, UNAVAILABLE */
export const loadKnown = async (deps: SourceDeps, tables: Tables, known: KnownSource): Promise<void> => {
  const paths = known.files.filter(({ fetched }) => !fetched).map(({ path }) => path);
  const copied = new Map((await fetchFiles(deps.objects, tables, { named: known, paths })).map((f) => [f.path, f]));
  const files = known.files.map(({ path, sha256, fetched }): RawFile => {
    const file = fetched ?? copied.get(path);
    if (file?.sha256 !== sha256) throw replaced(known, path);
    return file;
  });
  await loadSource(tables, { ...known, files });
};

/**
 * Gives one source of a project as a table or view of the name `as`, checked, without touching the others; answers the
 * files it came from.
 * @throws SOURCE_MISSING, SOURCE_EMPTY, SOURCE_INVALID, COLUMN_MISSING, TYPE_MISMATCH, KEY_HAS_NULLS, EXTENSION_MISSING
 * @example await openSource(deps, tables, { project, name: 'usage', as: 'usage rows' })
 */
export const openSource = async (deps: SourceDeps, tables: Tables, request: SourceRequest): Promise<KnownSource> => {
  const known = await knowSource(deps, tables, request);
  await loadKnown(deps, tables, known);
  return known;
};
