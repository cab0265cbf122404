import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { literal, literals } from '#core/features/sql-text.ts';

export interface DuckDbOptions {
  /** Beyond it DuckDB spills to the scratch folder. @default 512 */
  readonly memoryLimitMb?: number;
  /**
   * More than one makes sums of fractions differ in the last digit from run to run, so steps that write data sets stay
   * with one: the same input then gives the same bytes.
   * @default 1
   */
  readonly threads?: number;
  /** Where the scratch folder is made. @default the system's */
  readonly temporaryFolder?: string;
  /** Files outside of the scratch folder that may be read, such as one of the reader's own. */
  readonly files?: readonly string[];
}

const openInstance = (folder: string, { memoryLimitMb = 512, threads = 1 }: DuckDbOptions): Promise<DuckDBInstance> =>
  DuckDBInstance.create(join(folder, 'scratch.duckdb'), {
    threads: String(threads),
    memory_limit: `${memoryLimitMb}MB`,
    temp_directory: join(folder, 'spill'),
    // A Lambda's home is not writable, and extensions cannot be had at run time.
    extension_directory: join(folder, 'extensions'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    errors_as_json: 'true',
  });

// SQL of a data scientist runs here: it must not reach other files of the machine, nor undo this.
const confine = async (connection: DuckDBConnection, folder: string, files: readonly string[]): Promise<void> => {
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`SET allowed_directories = [${literal(`${folder}/`)}]`);
  if (files.length > 0) await connection.run(`SET allowed_paths = ${literals(files)}`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
};

/**
 * Opens a scratch database in a folder of its own, works, and removes both. Times are UTC. SQL sees no file outside
 * the folder.
 * @example await withDuckDb({ threads: 2 }, async (connection, folder) => connection.runAndReadAll('SELECT 1'))
 */
export const withDuckDb = async <T>(
  options: DuckDbOptions,
  work: (connection: DuckDBConnection, folder: string) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(join(options.temporaryFolder ?? tmpdir(), 'tables-'));
  let instance: DuckDBInstance | undefined;
  try {
    instance = await openInstance(folder, options);
    const connection = await instance.connect();
    try {
      await confine(connection, folder, options.files ?? []);
      return await work(connection, folder);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance?.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
};
