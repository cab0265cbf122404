import { isNumeric, literal, type Tables } from '../features/tables/index.ts';
import type { Validated } from './scan.ts';

// Least and greatest are text there: a FLOAT's is another number as DOUBLE.
const isRead = (type: string): boolean => isNumeric(type) && type !== 'FLOAT' && !type.startsWith('DECIMAL');

/**
 * What a Parquet file's footer tells of its columns of numbers: no row is read. A column is absent when one of its row
 * groups does not say.
 */
export const parquetBounds = async (
  tables: Tables,
  file: string,
): Promise<Required<Pick<Validated, 'bounds' | 'missing'>>> => {
  const columns = await tables.columnsOf(`FROM read_parquet(${literal(file)})`);
  const types = new Map(columns.filter(({ type }) => isRead(type)).map(({ name, type }) => [name, type]));
  const least = 'TRY_CAST(stats_min_value AS DOUBLE)';
  const greatest = 'TRY_CAST(stats_max_value AS DOUBLE)';
  const rows = await tables.rows(`
    SELECT path_in_schema AS name, min(${least}) AS least, max(${greatest}) AS greatest,
      coalesce(sum(stats_null_count), 0)::BIGINT AS missing, bool_and(stats_null_count IS NOT NULL) AS counted,
      (SELECT bool_and(created_by LIKE 'DuckDB %') FROM parquet_file_metadata(${literal(file)})) AS own
    FROM parquet_metadata(${literal(file)}) GROUP BY ALL
    HAVING bool_and(${least} IS NOT NULL AND ${greatest} IS NOT NULL)`);
  const known = rows.filter(({ name }) => types.has(String(name)));
  // Of a column with NaN, DuckDB writes no bounds; others write those of all other values.
  const countable = known.filter(({ name, counted, own }) => counted && (own || types.get(String(name)) !== 'DOUBLE'));
  return {
    bounds: new Map(known.map((row) => [String(row.name), [Number(row.least), Number(row.greatest)] as const])),
    missing: new Map(countable.map(({ name, missing }) => [String(name), Number(missing)])),
  };
};
