import type { Database } from '#contracts/sources.ts';
import { PlatformError } from '../shared/errors.ts';
import type { ObjectStore } from '../shared/ports.ts';
import type { SourceDatabases, Tables, UserSql } from './ports.ts';
import { fetchFiles, findFiles } from './raw-files.ts';
import type { KnownFile } from './raw-index.ts';
import type { NamedSource, RawFile } from './raw-source.ts';

interface Request {
  readonly named: NamedSource;
  readonly parameters: UserSql['parameters'];
}

const needDatabases = ({ databases }: { databases?: SourceDatabases | undefined }, named: NamedSource) => {
  if (databases) return databases;
  throw new PlatformError(
    'SOURCE_INVALID',
    `source "${named.name}" is a database, and nothing here reads one: export it to a file, or run it on the platform`,
    { source: named.name },
  );
};

const localFile = async (objects: ObjectStore, tables: Tables, named: NamedSource): Promise<RawFile | undefined> => {
  if (named.source.database?.file === undefined) return undefined;
  const [found] = await findFiles(objects, named);
  const [file] = await fetchFiles(objects, tables, { named, paths: found ? [found.path] : [] });
  return file;
};

/** How a manifest names what a database gave. @example databasePath('crm', { kind: 'postgres', … }) // 'crm.postgres' */
const databasePath = (name: string, { kind }: Database): string => `${name}.${kind}`;

/**
 * Copies a database's rows to Parquet in the scratch folder: they are looked at as they are now, so the file's hash
 * says whether they changed.
 * @throws EXTENSION_MISSING, SOURCE_MISSING, SOURCE_INVALID, SQL_INVALID
 */
export const copyDatabase = async (
  deps: { readonly objects: ObjectStore; readonly databases?: SourceDatabases | undefined },
  tables: Tables,
  { named, parameters }: Request,
): Promise<KnownFile> => {
  const { name, source } = named;
  const { database } = source;
  if (!database) throw new Error(`source "${name}" is no database`);
  const databases = needDatabases(deps, named);
  const file = (await localFile(deps.objects, tables, named))?.local;
  const target = tables.localPath(`raw/${name}/rows.parquet`);
  await databases.copy({ source: name, database, file, parameters, target });
  const fetched = { path: databasePath(name, database), local: target, ...(await tables.fingerprint(target)) };
  return { path: fetched.path, bytes: fetched.bytes, sha256: fetched.sha256, fetched };
};
