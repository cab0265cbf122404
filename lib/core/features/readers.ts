import type { Source } from './raw-files.ts';
import { literals } from './sql-text.ts';

// sample_size -1: types are judged by every row, so that row 20,481 brings no surprise. skip 0: lines that do not fit
// must not be left out in silence. Quoting is RFC 4180's, whatever a file looks like. BOOLEAN is no candidate: Yes and
// No would become true and false, and a label would no longer be what its project calls it.
const types = `auto_type_candidates = ['BIGINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'VARCHAR'], sample_size = -1`;
const csv = `header = true, skip = 0, quote = '"', escape = '"', ${types}, union_by_name = true`;
const readers: Record<Source['format'], (files: string, options: string) => string> = {
  csv: (files, options) => `read_csv(${files}, ${csv}${options})`,
  json: (files) => `read_json(${files}, sample_size = -1, union_by_name = true)`,
  parquet: (files) => `read_parquet(${files}, union_by_name = true)`,
};

/** The SQL that reads files of a format. @example `FROM ${reading('csv', ['/tmp/usage.csv'])}` */
export const reading = (format: Source['format'], files: readonly string[], options = ''): string =>
  readers[format](literals(files), options);
