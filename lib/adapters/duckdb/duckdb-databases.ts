import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Database } from '#contracts/sources.ts';
import type { SourceDatabases } from '#core/features/ports.ts';
import { identifier, literal } from '#core/features/sql-text.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { type ReadSecret, secretOptions } from './database-secret.ts';
import { toEngineError } from './engine-error.ts';
import { createTableAs } from './user-sql.ts';

export interface DatabaseOptions {
  /** Folder with DuckDB's extensions, as DuckDB lays it out. @default the one beside DuckDB's own settings */
  readonly extensionFolder?: string | undefined;
  readonly readSecret: ReadSecret;
  /** @default 512 */
  readonly memoryLimitMb?: number;
}

type Asked = Parameters<SourceDatabases['copy']>[0];

const extensions: Readonly<Record<Database['kind'], string | undefined>> = {
  postgres: 'postgres_scanner',
  mysql: 'mysql_scanner',
  sqlite: 'sqlite_scanner',
  duckdb: undefined,
};

const loadExtension = async (connection: DuckDBConnection, { source, database }: Asked): Promise<void> => {
  const extension = extensions[database.kind];
  if (extension === undefined) return;
  try {
    await connection.run(`LOAD ${extension}`);
  } catch (error) {
    const words = toEngineError(error).message.match(/Extension "([^"]+)" not found/)?.[1];
    if (words === undefined) throw error;
    throw new PlatformError(
      'EXTENSION_MISSING',
      `source "${source}" reads ${database.kind}, for which DuckDB needs its extension ${extension}, and ${words} is not ` +
        'there. Put the extension of this very DuckDB version at that path (DUCKDB_EXTENSIONS names the folder), or ' +
        'export the table to a file',
      { source, extension, path: words },
    );
  }
};

// The database is only read, whatever the query says.
const attach = async (connection: DuckDBConnection, options: DatabaseOptions, asked: Asked): Promise<void> => {
  const { kind } = asked.database;
  if (asked.file !== undefined) {
    await connection.run(`ATTACH ${literal(asked.file)} AS source (TYPE ${kind}, READ_ONLY)`);
    return;
  }
  await connection.run(`CREATE SECRET source_secret (${await secretOptions(options.readSecret, asked)})`);
  await connection.run(`ATTACH '' AS source (TYPE ${kind}, SECRET source_secret, READ_ONLY)`);
};

// What a project's query may reach from here: the database that is open already, and the folder it writes to.
const confine = async (connection: DuckDBConnection, folder: string): Promise<void> => {
  await connection.run(`SET allowed_directories = [${literal(`${folder}/`)}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
};

const queryOf = ({ source, database, parameters }: Asked) => {
  const table = database.table?.split('.').map(identifier).join('.');
  const text = database.query ?? `SELECT * FROM ${table}`;
  return { text, file: `source "${source}"`, parameters };
};

const copyRows = async (connection: DuckDBConnection, asked: Asked, scratch: string): Promise<void> => {
  await connection.run('USE source');
  const rows = `${identifier(scratch)}.main."source rows"`;
  await createTableAs(connection, rows, queryOf(asked));
  await connection.run(
    `COPY (FROM ${rows} ORDER BY ALL) TO ${literal(asked.target)} (FORMAT parquet, COMPRESSION zstd)`,
  );
};

const unreadable = ({ source, database }: Asked, error: unknown): unknown => {
  if (error instanceof PlatformError) return error;
  // Not the engine's words alone: with a refused connection it repeats what it connected with.
  const words = toEngineError(error).message.replaceAll(/password=\S+/gi, 'password=…');
  const message = `source "${source}": the ${database.kind} database cannot be read: ${words.slice(0, 1_000)}`;
  return new PlatformError('SOURCE_INVALID', `${message}; correct the source, or the secret`, { source });
};

const copy = async (options: DatabaseOptions, asked: Asked): Promise<void> => {
  const folder = dirname(asked.target);
  const scratch = await mkdtemp(join(folder, 'scratch-'));
  let instance: DuckDBInstance | undefined;
  try {
    instance = await DuckDBInstance.create(join(scratch, 'copy.duckdb'), {
      threads: '1',
      memory_limit: `${options.memoryLimitMb ?? 512}MB`,
      temp_directory: join(scratch, 'spill'),
      extension_directory: options.extensionFolder ?? join(scratch, 'extensions'),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      errors_as_json: 'true',
    });
    const connection = await instance.connect();
    try {
      await connection.run("SET TimeZone = 'UTC'");
      await loadExtension(connection, asked);
      await attach(connection, options, asked);
      await confine(connection, folder);
      await copyRows(connection, asked, 'copy');
    } finally {
      connection.closeSync();
    }
  } catch (error) {
    throw unreadable(asked, error);
  } finally {
    instance?.closeSync();
    await rm(scratch, { recursive: true, force: true });
  }
};

/** SourceDatabases through DuckDB: its own files without more, other databases where their extension lies in a folder. */
export const duckDbDatabases = (options: DatabaseOptions): SourceDatabases => ({
  copy: (request) => copy(options, request),
});
