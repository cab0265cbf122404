import { Command } from 'commander';
import { profile } from '#core/features/profile.ts';
import { type LocalOptions, withLocalTable } from '../../local-file.ts';
import { withLocalOptions } from '../../local-options.ts';
import { show } from '../../output.ts';
import { columnTable } from './dataset-text.ts';

interface Profiled extends LocalOptions {
  readonly json?: boolean;
}

/** A file's columns: no platform is needed. */
export const profileCommand = (): Command =>
  withLocalOptions(new Command('profile'), 1_024)
    .description('show the columns of a local file: types, missing and distinct values, extremes, distribution')
    .argument('<file>', 'CSV, JSON lines or Parquet; CSV and JSON also as .gz or .zst')
    .option('--json', 'print JSON')
    .action(async (file: string, options: Profiled) => {
      const seen = await withLocalTable(file, options, ({ tables, from }) => profile(tables, `SELECT * FROM ${from}`));
      show(seen, options.json, (all) => `${all.rowCount} rows, ${all.columns.length} columns\n\n${columnTable(all)}`);
    });
