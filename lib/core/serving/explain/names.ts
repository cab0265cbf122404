import type { ExplanationParts } from '#contracts/explanation-files.ts';
import type { Explanation } from '#contracts/explanations.ts';
import type { ExplanationNames, RowExplanation } from '../ports.ts';

export const explanationNames = ({ method, of, columns, outputs }: ExplanationParts): ExplanationNames => ({
  method,
  of,
  columns,
  outputs,
});

/** Which of a row's explanations is told, and how much of it. */
interface ExplanationChoice {
  /** Name of an output. @default the only or last one */
  readonly output?: string | undefined;
  /** So many columns, the largest first. @default all, in the order of the model */
  readonly top?: number | undefined;
}

type Told = Pick<Explanation, 'values' | 'others' | 'standard_errors'>;

/** One output's numbers, by column. */
const ofOutput = ({ outputs, columns }: ExplanationNames, numbers: Float64Array, at: number): number[] =>
  columns.map((_, column) => numbers[column * outputs.length + at] as number);

const byName = ({ columns }: ExplanationNames, numbers: readonly number[], kept: readonly number[]) =>
  Object.fromEntries(kept.map((column) => [columns[column] as string, numbers[column] as number]));

const largest = (values: readonly number[], top: number): number[] => {
  const all = [...values.keys()];
  if (top >= all.length) return all;
  return all.sort((a, b) => Math.abs(values[b] as number) - Math.abs(values[a] as number)).slice(0, top);
};

const told = (names: ExplanationNames, row: RowExplanation, { at, top }: { at: number; top: number }): Told => {
  const values = ofOutput(names, row.values, at);
  const kept = largest(values, top);
  const isLeft = new Set(values.keys());
  for (const column of kept) isLeft.delete(column);
  return {
    values: byName(names, values, kept),
    ...(isLeft.size > 0 && { others: [...isLeft].reduce((sum, column) => sum + (values[column] as number), 0) }),
    ...(row.errors && { standard_errors: byName(names, ofOutput(names, row.errors, at), kept) }),
  };
};

/**
 * A row's explanation as it is told.
 * @throws Error when the model has no such output
 * @example explanationOf(names, row, { output: 'premium', top: 3 }).values // { tenure: 0.8, plan: -0.3, age: 0.1 }
 */
export const explanationOf = (
  names: ExplanationNames,
  row: RowExplanation,
  { output, top = names.columns.length }: ExplanationChoice = {},
): Explanation => {
  const at = output === undefined ? names.outputs.length - 1 : names.outputs.indexOf(output);
  const name = names.outputs[at];
  if (name === undefined)
    throw new Error(`there is no explanation of ${output}, the model has those of ${names.outputs.join(', ')}`);
  return {
    method: names.method,
    of: names.of,
    output: name,
    expected: row.expected[at] as number,
    explained: row.explained[at] as number,
    ...told(names, row, { at, top }),
  };
};
