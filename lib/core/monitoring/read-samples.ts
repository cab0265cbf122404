import type { ModelInput } from '#contracts/serving-facts.ts';
import { identifier, type Tables } from '#core/features/index.ts';
import {
  type CategorySamples,
  type ColumnSamples,
  MISSING,
  type NumberSamples,
  numberSamples,
} from './column-samples.ts';

/** Views over the two samples. */
export const sampleViews = { reference: 'reference', current: 'current' } as const;
type View = keyof typeof sampleViews;

// Data sets hold doubles, what a graph computed is a float: without this 0.1 would have moved to 0.10000000149.
const asFloat = (value: number): number => {
  const float = Math.fround(value);
  return Number.isFinite(float) ? float : value;
};

/** One column of numbers, as precise as models take them, NaN where one is missing. */
const readNumbers = async (tables: Tables, view: View, column: string): Promise<Float64Array> => {
  const name = identifier(column);
  const { value } = await tables.columns(`SELECT TRY_CAST(${name} AS DOUBLE) AS value FROM ${identifier(view)}`);
  return value?.kind === 'number' ? value.values.map(asFloat) : new Float64Array();
};

// Counted where the rows lie: a million texts in this process would take its memory.
const readCounts = async (tables: Tables, view: View, column: string): Promise<CategorySamples['reference']> => {
  const name = `coalesce(CAST(${identifier(column)} AS VARCHAR), '${MISSING}')`;
  const rows = await tables.rows(
    `SELECT ${name} AS value, count(*) AS row_count FROM ${identifier(view)} GROUP BY ALL ORDER BY row_count DESC, value`,
  );
  return new Map(rows.map((row) => [String(row.value), Number(row.row_count)]));
};

const readers = {
  number: async (tables: Tables, column: string): Promise<NumberSamples> =>
    numberSamples(await readNumbers(tables, 'reference', column), await readNumbers(tables, 'current', column)),
  string: async (tables: Tables, column: string): Promise<CategorySamples> => ({
    kind: 'categories',
    reference: await readCounts(tables, 'reference', column),
    current: await readCounts(tables, 'current', column),
  }),
} as const;

/** Both samples of a model input: one column in memory at a time. */
export const readSamples = (tables: Tables, { name, type }: ModelInput): Promise<ColumnSamples> =>
  readers[type](tables, name);

const counted = (names: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

const areNumbers = (values: readonly number[] | readonly string[]): values is readonly number[] =>
  typeof values[0] === 'number';

/** Both samples of what was predicted: the reference travels with the model. */
export const readPredictions = async (
  tables: Tables,
  column: string,
  reference: readonly number[] | readonly string[],
): Promise<ColumnSamples> => {
  if (areNumbers(reference))
    return numberSamples(Float64Array.from(reference, asFloat), await readNumbers(tables, 'current', column));
  const current = await readCounts(tables, 'current', column);
  return { kind: 'categories', reference: counted(reference), current };
};
