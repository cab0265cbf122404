import { strictValue, type ValueKind } from './column-values.ts';
import { isEngineError } from './engine-error.ts';
import type { TableColumn, Tables } from './ports.ts';
import type { LoadedSource } from './raw-source.ts';
import { reading } from './readers.ts';
import { glance, saidType, type Typed } from './source-types.ts';
import { identifier } from './sql-text.ts';

interface Asked {
  /** The table to make. */
  readonly read: string;
  /** Those of the first file; others may have more. */
  readonly columns: readonly TableColumn[];
}

/** What the project says, else what the first rows look like; a column without any value there is left out. */
const guessed = async (tables: Tables, loaded: LoadedSource, columns: readonly TableColumn[]): Promise<Typed[]> => {
  const said = columns.map((column) => ({ column, type: saidType(loaded, column) }));
  const open = said.flatMap(({ column, type }) => (type === undefined ? [column] : []));
  const table = reading(loaded.source, loaded.files.slice(0, 1));
  const seen =
    open.length > 0 ? await glance(tables, loaded, { table, columns: open }) : new Map<string, ValueKind[]>();
  return said.flatMap(({ column, type }): Typed[] => {
    const types = seen.get(column.name);
    if (type !== undefined) return [{ column, type }];
    return types === undefined ? [] : [{ column, type: types[0] }];
  });
};

const strictly = ({ source }: LoadedSource, typed: readonly Typed[]): string => {
  const values = typed.flatMap(({ column, type }) =>
    type === undefined || type === 'string'
      ? []
      : [`${strictValue(column, { type, formats: source.csv ?? {} })} AS ${identifier(column.name)}`],
  );
  return values.length === 0 ? '*' : `* REPLACE (${values.join(', ')})`;
};

/**
 * Makes a table of a CSV's files in one pass, with the types that its first rows suggest, and answers the lower-case
 * names of the columns that this decided. Where a later value is of another type nothing is decided: all is text.
 */
export const readCsv = async (
  tables: Tables,
  loaded: LoadedSource,
  { read, columns }: Asked,
): Promise<ReadonlySet<string>> => {
  const create = (selected: string): Promise<void> =>
    tables.run(`CREATE TABLE ${identifier(read)} AS SELECT ${selected} FROM ${reading(loaded.source, loaded.files)}`);
  try {
    const typed = await guessed(tables, loaded, columns);
    await create(strictly(loaded, typed));
    return new Set(typed.map(({ column }) => column.name.toLowerCase()));
  } catch (error) {
    // Also what cannot be read at all: the engine then says so again, in words that do not depend on a guess.
    if (!isEngineError(error)) throw error;
    await create('*');
    return new Set();
  }
};
