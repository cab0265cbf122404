import { isEngineError } from './engine-error.ts';
import type { Tables } from './ports.ts';
import type { Source } from './raw-source.ts';
import { dialectOf } from './readers.ts';
import { literal } from './sql-text.ts';

const separators = [',', ';', '\t', '|'] as const;

const headerOf = async (tables: Tables, file: string): Promise<string> => {
  const oneColumn = `columns = {'line': 'VARCHAR'}, delim = '\u0001', quote = '', escape = ''`;
  const [first] = await tables.rows(
    `SELECT line FROM read_csv(${literal(file)}, auto_detect = false, header = false, ${oneColumn}) LIMIT 1`,
  );
  return String(first?.line ?? '');
};

const countOf = (text: string, separator: string): number => text.split(separator).length - 1;

const separatorOf = ({ csv }: Source, header: string): string =>
  csv?.delimiter ?? [...separators].sort((a, b) => countOf(header, b) - countOf(header, a))[0] ?? ',';

/**
 * Why a CSV's rows do not fit its first line: the engine's words with the line, undefined when they do. The detection of
 * the engine answers rows of unequal length with one wide column, or with no reason.
 */
export const raggedRow = async (tables: Tables, source: Source, file: string): Promise<string | undefined> => {
  try {
    const header = await headerOf(tables, file);
    const separator = separatorOf(source, header);
    const columns = header.split(separator).map((_, i) => `'c${i}': 'VARCHAR'`);
    const dialect = dialectOf({ ...source, csv: { ...source.csv, delimiter: separator } });
    await tables.rows(
      `SELECT count(*) FROM read_csv(${literal(file)}, auto_detect = false, ${dialect}, skip = 0, columns = {${columns.join(', ')}})`,
    );
    return undefined;
  } catch (error) {
    if (isEngineError(error)) return error.message;
    throw error;
  }
};
