import type { ColumnType } from '#contracts/sources.ts';
import { PlatformError } from '../shared/errors.ts';
import { textOf, typedValue, type ValueKind } from './column-values.ts';
import type { TableColumn, Tables } from './ports.ts';
import type { LoadedSource } from './raw-source.ts';
import { reading } from './readers.ts';
import { identifier } from './sql-text.ts';

const SHOWN = 5;
/** Rows that rule most types out before the whole column is looked at. */
const GLANCE = 1_000;
// BOOLEAN is none: Yes and No would become true and false, and a label would no longer be what its project calls it.
// Times of which only some name their zone are of two kinds: they fit neither and stay the text that they are.
const candidates: readonly ValueKind[] = ['integer', 'number', 'date', 'plain timestamp', 'zoned timestamp'];

export interface Typed {
  readonly column: TableColumn;
  /** Undefined leaves the column as it was read. */
  readonly type: ValueKind | undefined;
}

interface Question {
  readonly column: TableColumn;
  readonly types: readonly ValueKind[];
}

const formatsOf = ({ source }: LoadedSource) => source.csv ?? {};

interface Answer {
  readonly types: readonly ValueKind[];
  /** No value at all was there, so nothing is ruled out. */
  readonly isEmpty: boolean;
}

/** Which of the types asked for fit every value, by column. */
const fitting = async (
  tables: Tables,
  source: LoadedSource,
  { from, of }: { readonly from: string; readonly of: readonly Question[] },
): Promise<ReadonlyMap<string, Answer>> => {
  const formats = formatsOf(source);
  const asked = of.filter(({ types }) => types.length > 0);
  if (asked.length === 0) return new Map();
  const sums = asked.flatMap(({ column, types }, i) => [
    `count(${textOf(column)}) AS filled_${i}`,
    ...types.map((type, j) => `count(${typedValue(column, { type, formats })}) AS fits_${i}_${j}`),
  ]);
  const [seen = {}] = await tables.rows(`SELECT ${sums.join(', ')} FROM ${from}`);
  return new Map(
    asked.map(({ column, types }, i) => {
      const filled = Number(seen[`filled_${i}`]);
      const fits = types.filter((_, j) => filled > 0 && Number(seen[`fits_${i}_${j}`]) === filled);
      return [column.name, { types: fits, isEmpty: filled === 0 }];
    }),
  );
};

/** Types that fit the first rows, by column; those without any value there are absent. */
export const glance = async (
  tables: Tables,
  source: LoadedSource,
  { columns, table }: { readonly columns: readonly TableColumn[]; readonly table: string },
): Promise<ReadonlyMap<string, readonly ValueKind[]>> => {
  const of = columns.map((column) => ({ column, types: candidates }));
  const seen = await fitting(tables, source, { from: `(FROM ${table} LIMIT ${GLANCE})`, of });
  return new Map([...seen].flatMap(([name, { types, isEmpty }]) => (isEmpty ? [] : [[name, types] as const])));
};

const inferred = async (
  tables: Tables,
  source: LoadedSource,
  { columns, table }: { readonly columns: readonly TableColumn[]; readonly table: string },
): Promise<ReadonlyMap<string, ValueKind | undefined>> => {
  const all = columns.map((column) => ({ column, types: candidates }));
  const seen = await glance(tables, source, { table, columns });
  const open = all.map(({ column, types }) => ({ column, types: seen.get(column.name) ?? types }));
  // Mostly the first one left is the one: the others are looked at only where it is not.
  const likely = open.map(({ column, types }) => ({ column, types: types.slice(0, 1) }));
  const first = await fitting(tables, source, { from: table, of: likely });
  const failed = open.filter(({ column }) => first.get(column.name)?.types.length === 0);
  const others = failed.map(({ column, types }) => ({ column, types: types.slice(1) }));
  const second = await fitting(tables, source, { from: table, of: others });
  return new Map(columns.map(({ name }) => [name, first.get(name)?.types[0] ?? second.get(name)?.types[0]]));
};

interface Given {
  readonly column: TableColumn;
  readonly type: ColumnType;
}

const firstRows = async (tables: Tables, source: LoadedSource, { column, type }: Given): Promise<string[]> => {
  const places: string[] = [];
  const value = typedValue(column, { type, formats: formatsOf(source) });
  for (const file of source.files) {
    const numbered = `SELECT row_number() OVER () AS row, ${textOf(column)} AS seen, ${value} AS value FROM ${reading(source.source, [file])}`;
    const rows = await tables.rows(
      `SELECT row, seen FROM (${numbered}) WHERE seen IS NOT NULL AND value IS NULL ORDER BY row LIMIT ${SHOWN - places.length}`,
    );
    places.push(...rows.map(({ row, seen }) => `${file.path} row ${row} ("${String(seen).slice(0, 60)}")`));
    if (places.length >= SHOWN) break;
  }
  return places;
};

const mismatch = async (tables: Tables, source: LoadedSource, typed: Given & { count: number }) => {
  const { column, type, count } = typed;
  const first = await firstRows(tables, source, typed);
  return new PlatformError(
    'TYPE_MISMATCH',
    `source "${source.name}": ${count} ${count === 1 ? 'value' : 'values'} of "${column.name}" fit no ${type}, first ` +
      `${first.join(', ')}; correct them, or the type, format or nullTexts in project.yaml`,
    { source: source.name, column: column.name, declared: type, count, first },
  );
};

const checkGiven = async (
  tables: Tables,
  source: LoadedSource,
  { given, table }: { readonly given: readonly Given[]; readonly table: string },
): Promise<void> => {
  const formats = formatsOf(source);
  const sums = given.map(
    ({ column, type }, i) => `count(${textOf(column)}) - count(${typedValue(column, { type, formats })}) AS wrong_${i}`,
  );
  if (sums.length === 0) return;
  const [seen = {}] = await tables.rows(`SELECT ${sums.join(', ')} FROM ${table}`);
  const wrong = given.findIndex((_, i) => Number(seen[`wrong_${i}`]) > 0);
  const typed = given[wrong];
  if (typed) throw await mismatch(tables, source, { ...typed, count: Number(seen[`wrong_${wrong}`]) });
};

/** What the project says of a column: its type, or text where ids are text. Parquet has types of its own. */
export const saidType = ({ source, textColumns }: LoadedSource, column: TableColumn): ColumnType | undefined => {
  const name = column.name.toLowerCase();
  const type = Object.entries(source.types ?? {}).find(([given]) => given.toLowerCase() === name)?.[1];
  const isParquet = source.format === 'parquet' || source.database !== undefined;
  return type ?? (!isParquet && textColumns.includes(name) ? 'string' : undefined);
};

/**
 * What every column of a read table is to be: what the project says, and for CSV the first of integer, number, date and
 * timestamp that fits every value, else text. Those that are decided stay as they are.
 * @throws TYPE_MISMATCH with the first values that do not fit what the project says
 */
export const sourceTypes = async (
  tables: Tables,
  source: LoadedSource,
  { read, decided }: { readonly read: string; readonly decided: ReadonlySet<string> },
): Promise<Typed[]> => {
  const table = identifier(read);
  const columns = await tables.columnsOf(`FROM ${table}`);
  const isOpen = ({ name }: TableColumn): boolean => !decided.has(name.toLowerCase());
  const given = columns.flatMap((column) => {
    const type = isOpen(column) ? saidType(source, column) : undefined;
    return type === undefined ? [] : [{ column, type }];
  });
  const said = new Map<string, ValueKind>(given.map(({ column, type }) => [column.name, type]));
  const isText = source.source.format === 'csv' && !source.source.database;
  const open = isText ? columns.filter((column) => isOpen(column) && !said.has(column.name)) : [];
  const found = await inferred(tables, source, { columns: open, table });
  await checkGiven(tables, source, { given: given.filter(({ type }) => type !== 'string'), table });
  return columns.map((column) => ({ column, type: said.get(column.name) ?? found.get(column.name) }));
};
