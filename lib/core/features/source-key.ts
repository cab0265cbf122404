import { PlatformError } from '../shared/errors.ts';
import type { Tables } from './ports.ts';
import type { LoadedSource } from './raw-source.ts';
import { reading } from './readers.ts';
import { identifier } from './sql-text.ts';

const SHOWN = 5;

// An id of blanks is no id.
const isMissing = (key: string): string => `(${key} IS NULL OR trim(${key}::VARCHAR) = '')`;

const firstRows = async (tables: Tables, { source, files }: LoadedSource, key: string): Promise<string[]> => {
  const places: string[] = [];
  for (const file of files) {
    const numbered = `SELECT row_number() OVER () AS row, ${key} AS key FROM ${reading(source, [file])}`;
    const rows = await tables.rows(
      `SELECT row FROM (${numbered}) WHERE ${isMissing('key')} ORDER BY row LIMIT ${SHOWN - places.length}`,
    );
    if (rows.length > 0) places.push(...rows.map(({ row }) => `${file.path} row ${row}`));
    if (places.length >= SHOWN) break;
  }
  return places;
};

/** Every row must have its key. @throws KEY_HAS_NULLS with the count and the first rows, counted from 1 after the header */
export const checkKey = async (tables: Tables, loaded: LoadedSource): Promise<void> => {
  if (loaded.source.key === undefined) return;
  const key = identifier(loaded.source.key);
  const [counted] = await tables.rows(
    `SELECT count(*) FILTER (${isMissing(key)}) AS empty, count(*) AS rows FROM ${identifier(loaded.table)}`,
  );
  const empty = Number(counted?.empty);
  if (empty === 0) return;
  const places = await firstRows(tables, loaded, key);
  throw new PlatformError(
    'KEY_HAS_NULLS',
    `source "${loaded.name}": key "${loaded.source.key}" is empty in ${empty} of ${counted?.rows} rows, first ` +
      `${places.join(', ')}; every row needs one`,
    { source: loaded.name, column: loaded.source.key, count: empty, first: places },
  );
};
