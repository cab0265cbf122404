import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { folderObjects } from '#adapters/disk/folder-objects.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { dataKeys } from '#contracts/datasets.ts';
import { Source, SourceEncoding } from '#contracts/sources.ts';
import { fetchSource, identifier, loadSource, type Profile, profile } from '#core/features/index.ts';
import { countOf } from '../../count-of.ts';
import { show } from '../../output.ts';
import { columnTable } from './dataset-text.ts';

interface Profiled {
  readonly format?: Source['format'];
  readonly delimiter?: string;
  readonly encoding?: SourceEncoding;
  readonly memory: string;
  readonly json?: boolean;
}

const formatOf = (file: string): Source['format'] => {
  if (/\.parquet$/i.test(file)) return 'parquet';
  return /\.(json|jsonl|ndjson)(\.gz|\.zst)?$/i.test(file) ? 'json' : 'csv';
};

// Files of people's own have names that a project's paths may not have: the path is set behind the check.
const sourceOf = (file: string, { format = formatOf(file), delimiter, encoding }: Profiled): Source => ({
  ...Source.parse({
    path: 'file',
    format,
    ...(delimiter !== undefined && { csv: { delimiter } }),
    ...(encoding !== undefined && { encoding }),
  }),
  path: basename(file),
});

const LOCAL = 'local';

const profileFile = async (file: string, options: Profiled): Promise<Profile> => {
  if (!(await stat(file).catch(() => undefined))?.isFile()) throw new Error(`there is no file "${file}"`);
  const objects = folderObjects({ [dataKeys.raw(LOCAL)]: dirname(resolve(file)) });
  const named = { project: LOCAL, name: basename(file), source: sourceOf(file, options) };
  const memoryLimitMb = countOf('--memory', options.memory);
  return duckDbEngine({ memoryLimitMb, threads: 2 }).open(async (tables) => {
    const files = await fetchSource(objects, tables, named);
    await loadSource(tables, { ...named, files, table: 'rows', textColumns: [] });
    return profile(tables, `SELECT * FROM ${identifier('rows')}`);
  });
};

/** A file's columns: no platform is needed. */
export const profileCommand = (): Command =>
  new Command('profile')
    .description('show the columns of a local file: types, missing and distinct values, extremes, distribution')
    .argument('<file>', 'CSV, JSON lines or Parquet; CSV and JSON also as .gz or .zst')
    .addOption(new Option('--format <format>', 'by its ending unless told').choices(['csv', 'json', 'parquet']))
    .option('--delimiter <text>', 'of a CSV; found in the file unless told')
    .addOption(new Option('--encoding <name>', 'of CSV and JSON').choices(SourceEncoding.options))
    .option('--memory <MB>', 'beyond it, work goes to disk', '1024')
    .option('--json', 'print JSON')
    .action(async (file: string, options: Profiled) => {
      const seen = await profileFile(file, options);
      show(seen, options.json, (all) => `${all.rowCount} rows, ${all.columns.length} columns\n\n${columnTable(all)}`);
    });
