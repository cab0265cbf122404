import type { ColumnType } from '#contracts/sources.ts';
import { PlatformError } from '../shared/errors.ts';
import { isZoned, textOf, typedValue } from './column-values.ts';
import type { TableColumn, Tables } from './ports.ts';
import type { LoadedSource } from './raw-source.ts';
import { reading } from './readers.ts';
import { identifier } from './sql-text.ts';

const SHOWN = 5;
/** Rows that rule most types out before the whole column is looked at. */
const GLANCE = 1_000;
// BOOLEAN is none: Yes and No would become true and false, and a label would no longer be what its project calls it.
const candidates: readonly ColumnType[] = ['integer', 'number', 'date', 'timestamp'];

export interface Typed {
  readonly column: TableColumn;
  /** Undefined leaves the column as it was read. */
  readonly type: ColumnType | undefined;
  /** The project said so. */
  readonly isGiven: boolean;
}

interface Question {
  readonly column: TableColumn;
  readonly types: readonly ColumnType[];
}

const formatsOf = ({ source }: LoadedSource) => source.csv ?? {};

interface Answer {
  readonly types: readonly ColumnType[];
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
    ...types.map((type) => `count(${typedValue(column, { type, formats })}) AS ${type}_${i}`),
  ]);
  const [seen = {}] = await tables.rows(`SELECT ${sums.join(', ')} FROM ${from}`);
  return new Map(
    asked.map(({ column, types }, i) => {
      const filled = Number(seen[`filled_${i}`]);
      const fits = types.filter((type) => filled > 0 && Number(seen[`${type}_${i}`]) === filled);
      return [column.name, { types: fits, isEmpty: filled === 0 }];
    }),
  );
};

// Times of which only some name their zone are of two kinds: they stay the text that they are.
const mixedZones = async (tables: Tables, table: string, columns: readonly TableColumn[]): Promise<Set<string>> => {
  if (columns.length === 0) return new Set();
  const sums = columns.flatMap((column, i) => [
    `count(${textOf(column)}) AS filled_${i}`,
    `count(*) FILTER (${isZoned(column)}) AS zoned_${i}`,
  ]);
  const [seen = {}] = await tables.rows(`SELECT ${sums.join(', ')} FROM ${table}`);
  const isMixed = (i: number) => ![0, seen[`filled_${i}`]].includes(seen[`zoned_${i}`] as number);
  return new Set(columns.flatMap(({ name }, i) => (isMixed(i) ? [name] : [])));
};

const inferred = async (
  tables: Tables,
  source: LoadedSource,
  { columns, table }: { readonly columns: readonly TableColumn[]; readonly table: string },
) => {
  const all = columns.map((column) => ({ column, types: candidates }));
  const glance = await fitting(tables, source, { from: `(FROM ${table} LIMIT ${GLANCE})`, of: all });
  const open = all.map(({ column, types }) => {
    const seen = glance.get(column.name);
    return { column, types: seen && !seen.isEmpty ? seen.types : types };
  });
  // Mostly the first one left is the one: the others are looked at only where it is not.
  const likely = open.map(({ column, types }) => ({ column, types: types.slice(0, 1) }));
  const first = await fitting(tables, source, { from: table, of: likely });
  const failed = open.filter(({ column }) => first.get(column.name)?.types.length === 0);
  const others = failed.map(({ column, types }) => ({ column, types: types.slice(1) }));
  const second = await fitting(tables, source, { from: table, of: others });
  const found = columns.map((column) => ({
    column,
    type: first.get(column.name)?.types[0] ?? second.get(column.name)?.types[0],
  }));
  const mixed = await mixedZones(
    tables,
    table,
    found.flatMap(({ column, type }) => (type === 'timestamp' ? [column] : [])),
  );
  return new Map(found.map(({ column, type }) => [column.name, mixed.has(column.name) ? undefined : type]));
};

const firstRows = async (tables: Tables, source: LoadedSource, { column, type }: Typed): Promise<string[]> => {
  const places: string[] = [];
  const value = type === undefined ? 'NULL' : typedValue(column, { type, formats: formatsOf(source) });
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

const mismatch = async (tables: Tables, source: LoadedSource, typed: Typed & { count: number }) => {
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
  { given, table }: { readonly given: readonly Typed[]; readonly table: string },
): Promise<void> => {
  const formats = formatsOf(source);
  const sums = given.map(
    ({ column, type }, i) =>
      `count(${textOf(column)}) - count(${type === undefined ? '*' : typedValue(column, { type, formats })}) AS wrong_${i}`,
  );
  if (sums.length === 0) return;
  const [seen = {}] = await tables.rows(`SELECT ${sums.join(', ')} FROM ${table}`);
  const wrong = given.findIndex((_, i) => Number(seen[`wrong_${i}`]) > 0);
  const typed = given[wrong];
  if (typed) throw await mismatch(tables, source, { ...typed, count: Number(seen[`wrong_${wrong}`]) });
};

/**
 * What every column of a read table is to be: what the project says, text where ids are text, and for CSV the first of
 * integer, number, date and timestamp that fits every value, else text.
 * @throws TYPE_MISMATCH with the first values that do not fit what the project says
 */
export const sourceTypes = async (tables: Tables, source: LoadedSource, read: string): Promise<Typed[]> => {
  const table = identifier(read);
  const columns = await tables.columnsOf(`FROM ${table}`);
  const types = new Map(Object.entries(source.source.types ?? {}).map(([name, type]) => [name.toLowerCase(), type]));
  const isParquet = source.source.format === 'parquet' || source.source.database !== undefined;
  const said = (name: string): ColumnType | undefined => {
    const type = types.get(name.toLowerCase());
    // Parquet has types of its own.
    return type ?? (!isParquet && source.textColumns.includes(name.toLowerCase()) ? 'string' : undefined);
  };
  const open = columns.filter(({ name }) => said(name) === undefined);
  const isText = source.source.format === 'csv' && !source.source.database;
  const found = isText ? await inferred(tables, source, { columns: open, table }) : new Map<string, ColumnType>();
  const typed = columns.map((column) => ({
    column,
    type: said(column.name) ?? found.get(column.name),
    isGiven: said(column.name) !== undefined,
  }));
  await checkGiven(tables, source, { given: typed.filter(({ isGiven }) => isGiven), table });
  return typed;
};
