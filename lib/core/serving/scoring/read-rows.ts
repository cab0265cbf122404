import type { ModelInput, ServingFacts } from '#contracts/serving-facts.ts';
import { breachError, type ColumnValues, checkValue, identifier, type Tables } from '#core/features/index.ts';
import { isAsked } from '../asked-fields.ts';
import type { GraphColumn, ModelRows } from '../ports.ts';
import { fits, shown } from '../read-request.ts';

/** Rows of a shard: what the model takes of them, and why some are refused whatever it answers. */
export interface ShardRows {
  /** Entities, as text. */
  readonly entities: readonly (string | null)[];
  readonly rows: ModelRows;
  readonly refusals: (string | undefined)[];
}

export interface RowRange {
  /** Name of the table or view. */
  readonly table: string;
  readonly from: number;
  readonly count: number;
}

const sqlTypes = { number: 'DOUBLE', string: 'VARCHAR' } as const;

/** By position, because columns may be called anything. */
const cellName = (index: number): string => `input ${index}`;
const ENTITY = 'entity';

const selectOf = (facts: ServingFacts, there: ReadonlySet<string>, { table, from, count }: RowRange): string => {
  const cells = facts.inputs.map(({ name, type }, index) => {
    const value = there.has(name) ? identifier(name) : 'NULL';
    return `CAST(${value} AS ${sqlTypes[type]}) AS ${identifier(cellName(index))}`;
  });
  const key = identifier(facts.entityKey);
  return `SELECT CAST(${key} AS VARCHAR) AS ${ENTITY}, ${cells.join(', ')} FROM ${identifier(table)}
    ORDER BY ${key} LIMIT ${count} OFFSET ${from}`;
};

const graphColumn = ({ precision }: ModelInput, column: ColumnValues | undefined): GraphColumn => {
  if (column?.kind === 'number') return precision === 'double' ? column.values : Float32Array.from(column.values);
  return (column?.values ?? []).map((value) => value ?? '');
};

type Check = (value: number | string | null) => string | undefined;

const missing = (value: number | string | null): number | string | null => (Number.isNaN(value) ? null : value);

/** The same as is asked of a request that brings the value, or of what is stored. */
const checkOf = (input: ModelInput): Check => {
  const wrong: Check = (value) =>
    fits(input, value) ? undefined : `TYPE_MISMATCH: the model does not take ${shown(value)} as ${input.name}`;
  if (!isAsked(input)) return wrong;
  const contract = { ...input, type: input.declared ?? input.type };
  return (value) => {
    const breach = checkValue(contract, value);
    if (!breach) return wrong(value);
    const { code, message } = breachError([breach]);
    return `${code}: ${message}`;
  };
};

const check = (refusals: (string | undefined)[], input: ModelInput, column: ColumnValues | undefined): void => {
  const problem = checkOf(input);
  for (const [row, value] of (column?.values ?? []).entries()) refusals[row] ??= problem(missing(value));
};

/** A range of a table's rows in the order of their entities, which are unique: the same range is the same rows. */
export const readShardRows = async (tables: Tables, facts: ServingFacts, range: RowRange): Promise<ShardRows> => {
  const there = new Set((await tables.columnsOf(`FROM ${identifier(range.table)}`)).map(({ name }) => name));
  const found = await tables.columns(selectOf(facts, there, range));
  const entities = found[ENTITY]?.values as readonly (string | null)[];
  const refusals = new Array<string | undefined>(entities.length).fill(undefined);
  const columns = facts.inputs.map((input, index) => {
    const column = found[cellName(index)];
    check(refusals, input, column);
    return graphColumn(input, column);
  });
  return { entities, rows: { count: entities.length, columns }, refusals };
};
