import type { ServingFacts } from '#contracts/serving-facts.ts';
import type { NewColumn } from '#core/features/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { ExplanationNames, ModelRows, RowAnswer, RowExplanation } from '../ports.ts';
import type { ShardRows } from './read-rows.ts';
import type { Scorer } from './scorer.ts';

/** Columns of the scores that are known before any row is read; a data set's own key stands before them. */
export const scoreNames = {
  prediction: 'prediction',
  probability: 'probability',
  probabilityOf: (name: string) => `probability_${name}`,
  modelVersion: 'model_version',
  scoredAt: 'scored_at',
  refused: 'refused',
  expected: 'expected_value',
  explained: 'explained_value',
  value: (column: string) => `shap_${column}`,
  error: (column: string) => `shap_error_${column}`,
} as const;

/** Answers by row: what was refused has none. */
type Answers = readonly (Exclude<RowAnswer, { nonsense: string }> | undefined)[];

const numbers = (answers: Answers, of: (answer: NonNullable<Answers[number]>) => unknown): Float64Array =>
  Float64Array.from(answers, (answer) => (answer ? Number(of(answer)) : Number.NaN));

const predictions = ({ problem, classes }: ServingFacts, answers: Answers): NewColumn[] => {
  const { prediction, probability, probabilityOf } = scoreNames;
  if (problem === 'regression') return [{ name: prediction, values: numbers(answers, (one) => one.prediction) }];
  const texts = answers.map((answer) => (answer ? String(answer.prediction) : null));
  const each = problem === 'multiclass-classification' ? classes : [];
  return [
    { name: prediction, values: texts },
    { name: probability, values: numbers(answers, (one) => one.probability) },
    ...each.map((name) => ({
      name: probabilityOf(name),
      values: numbers(answers, (one) => one.probabilities?.[name]),
    })),
  ];
};

/**
 * Which of the explained outputs an answer is: the positive of two classes, the answered of several.
 * @throws {PlatformError} EXPLANATION_MISSING
 */
const outputOf = ({ outputs }: ExplanationNames, { prediction }: NonNullable<Answers[number]>): number => {
  const at = outputs.length === 1 ? 0 : outputs.indexOf(String(prediction));
  if (at !== -1) return at;
  throw new PlatformError(
    'EXPLANATION_MISSING',
    `the model answers ${prediction}, its explanations are of ${outputs.join(', ')}; train it again, or score without explain`,
    { prediction, outputs },
  );
};

const explanations = async (
  explainer: NonNullable<Scorer['explainer']>,
  rows: ModelRows,
  answers: Answers,
): Promise<NewColumn[]> => {
  const { names } = explainer;
  const width = names.outputs.length;
  const open = () => new Float64Array(rows.count).fill(Number.NaN);
  const [expected, explained] = [open(), open()];
  const values = names.columns.map(open);
  const errors = names.method === 'sampled' ? names.columns.map(open) : [];
  const put = (into: readonly Float64Array[], from: Float64Array | undefined, at: { row: number; output: number }) => {
    for (const [column, cells] of into.entries()) cells[at.row] = from?.[column * width + at.output] ?? Number.NaN;
  };
  await explainer.each(rows, (row: number, found: RowExplanation) => {
    const answer = answers[row];
    if (!answer) return;
    const output = outputOf(names, answer);
    expected[row] = found.expected[output] ?? Number.NaN;
    explained[row] = found.explained[output] ?? Number.NaN;
    put(values, found.values, { row, output });
    put(errors, found.errors, { row, output });
  });
  const named = (name: (column: string) => string, columns: readonly Float64Array[]): NewColumn[] =>
    columns.map((cells, index) => ({ name: name(names.columns[index] ?? ''), values: cells }));
  return [
    { name: scoreNames.expected, values: expected },
    { name: scoreNames.explained, values: explained },
    ...named(scoreNames.value, values),
    ...named(scoreNames.error, errors),
  ];
};

export interface Scored {
  readonly predictions: readonly NewColumn[];
  readonly explanations: readonly NewColumn[];
  /** Why a row has no prediction. */
  readonly refusals: readonly (string | undefined)[];
}

/** What the model says of a shard's rows, as columns. A row that is refused, or answered with nonsense, has no values. */
export const scoreRows = async (scorer: Scorer, { rows, refusals }: ShardRows): Promise<Scored> => {
  const found = await scorer.answers(rows);
  const why = refusals.map((refusal, row) => {
    const answer = found[row];
    return refusal ?? (answer && 'nonsense' in answer ? `INTERNAL: the model answered ${answer.nonsense}` : undefined);
  });
  const answers = found.map((answer, row) => ('nonsense' in answer || why[row] !== undefined ? undefined : answer));
  return {
    predictions: predictions(scorer.facts, answers),
    explanations: scorer.explainer ? await explanations(scorer.explainer, rows, answers) : [],
    refusals: why,
  };
};
