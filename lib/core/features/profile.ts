import type { DatasetManifest } from '#contracts/datasets.ts';
import { isNumeric } from './column-types.ts';
import type { Cell, TableColumn, Tables } from './ports.ts';
import { sketches } from './sketch.ts';
import { identifier } from './sql-text.ts';

export type Profile = Pick<DatasetManifest, 'rowCount' | 'columns'>;

// hash() of a value counts distinct ones three times faster than the values themselves; a FILTER would cost a pass.
const measures = ({ name, type }: TableColumn, i: number): string => {
  const column = identifier(name);
  const extreme = isNumeric(type)
    ? (fn: string) => `${fn}(${column})::DOUBLE`
    : (fn: string) => `${fn}(${column})::VARCHAR`;
  return [
    `count(${column}) AS filled_${i}`,
    `count(DISTINCT CASE WHEN ${column} IS NOT NULL THEN hash(${column}) END) AS distinct_${i}`,
    `${extreme('min')} AS min_${i}`,
    `${extreme('max')} AS max_${i}`,
  ].join(', ');
};

// JSON has no NaN and no Infinity.
const extremeValue = (cell: Cell | undefined): string | number | null =>
  typeof cell === 'number' && !Number.isFinite(cell) ? String(cell) : ((cell ?? null) as string | number | null);

/** Row count and per-column facts of a query, in three scans whose memory does not grow with the rows but for distinct values. */
export const profile = async (tables: Tables, query: string): Promise<Profile> => {
  const columns = await tables.columnsOf(query);
  const [seen = {}] = await tables.rows(
    `SELECT count(*) AS row_count, ${columns.map(measures).join(', ')} FROM (${query})`,
  );
  const rowCount = Number(seen.row_count);
  const spread = await sketches(tables, query, columns);
  return {
    rowCount,
    columns: columns.map(({ name, type }, i) => ({
      name,
      type,
      nulls: rowCount - Number(seen[`filled_${i}`]),
      distinct: Number(seen[`distinct_${i}`]),
      min: extremeValue(seen[`min_${i}`]),
      max: extremeValue(seen[`max_${i}`]),
      ...(spread.has(name) && { sketch: spread.get(name) }),
    })),
  };
};
