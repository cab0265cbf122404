import { isNumeric, literal, type Tables } from '../features/index.ts';

/**
 * Least and greatest value of each column of numbers, from a Parquet file's footer: no row is read. A column is absent
 * when one of its row groups does not say.
 */
export const parquetBounds = async (
  tables: Tables,
  file: string,
): Promise<ReadonlyMap<string, readonly [number, number]>> => {
  const columns = await tables.columnsOf(`FROM read_parquet(${literal(file)})`);
  const numbers = new Set(
    columns.filter(({ type }) => isNumeric(type) && !type.startsWith('DECIMAL')).map(({ name }) => name),
  );
  const rows = await tables.rows(`
    SELECT path_in_schema AS name, min(TRY_CAST(stats_min_value AS DOUBLE)) AS least,
      max(TRY_CAST(stats_max_value AS DOUBLE)) AS greatest,
      bool_and(TRY_CAST(stats_min_value AS DOUBLE) IS NOT NULL AND TRY_CAST(stats_max_value AS DOUBLE) IS NOT NULL) AS known
    FROM parquet_metadata(${literal(file)}) GROUP BY ALL`);
  const known = rows.filter(({ name, known: all }) => all === true && numbers.has(String(name)));
  return new Map(known.map(({ name, least, greatest }) => [String(name), [Number(least), Number(greatest)] as const]));
};
