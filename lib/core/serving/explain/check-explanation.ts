import type { ExplanationGolden } from '#contracts/explanation-files.ts';
import type { ServingFacts } from '#contracts/serving-facts.ts';
import type { Digest } from '#core/shared/index.ts';
import type { ExplanationTexts, RowExplainer, RowExplanation } from '../ports.ts';
import { BadExplanationError, blaming, goldenRows, readGolden } from './read-files.ts';

/** Share of what a row's values move in all that one of them may be off. */
const EXPLANATION_TOLERANCE = 1e-5;
/** Standard errors that two estimates may lie apart, and the share of the largest value beside: few samples tell little of their spread. */
const ERRORS_APART = 6;
const LARGEST_SHARE = 0.05;

type GoldenRow = ExplanationGolden['rows'][number];

/** One output's numbers of a row, beside those of training. */
interface Pair {
  readonly found: readonly number[];
  readonly wanted: readonly number[];
  /** Of the difference, where both are estimates. */
  readonly errors: readonly number[] | undefined;
}

const pairOf = (found: RowExplanation, golden: GoldenRow, output: number): Pair => {
  const width = found.expected.length;
  const cell = (numbers: Float64Array, column: number): number => numbers[column * width + output] ?? Number.NaN;
  const theirs = golden.standardErrors;
  const error = (own: Float64Array, column: number): number =>
    Math.hypot(cell(own, column), theirs?.[column]?.[output] ?? 0);
  return {
    found: golden.values.map((_, column) => cell(found.values, column)),
    wanted: golden.values.map((values) => values[output] ?? Number.NaN),
    errors: found.errors && golden.values.map((_, column) => error(found.errors as Float64Array, column)),
  };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** What is wrong with one output of a row, if anything is. */
const fault = (found: RowExplanation, golden: GoldenRow, output: number): string | undefined => {
  const pair = pairOf(found, golden, output);
  const [expected, explained] = [found.expected[output] ?? Number.NaN, found.explained[output] ?? Number.NaN];
  const wanted = golden.explained[output] ?? Number.NaN;
  const slack = EXPLANATION_TOLERANCE * (sum(pair.wanted.map(Math.abs)) + Math.max(1, Math.abs(wanted)));
  if (!(Math.abs(explained - wanted) <= slack)) return `explains ${explained}, ${wanted} was expected`;
  if (!(Math.abs(expected + sum(pair.found) - explained) <= slack)) return 'has values that do not add up';
  const largest = Math.max(...pair.wanted.map(Math.abs));
  const off = pair.found.findIndex((value, column) => {
    const errors = pair.errors && ERRORS_APART * (pair.errors[column] ?? 0) + LARGEST_SHARE * largest;
    return !(Math.abs(value - (pair.wanted[column] as number)) <= slack + (errors ?? 0));
  });
  return off < 0 ? undefined : `gives ${pair.found[off]} to column ${off}, ${pair.wanted[off]} was expected`;
};

const checkRows = async (golden: ExplanationGolden, facts: ServingFacts, explainer: RowExplainer): Promise<void> => {
  const rows = await explainer.explain(goldenRows(golden, facts));
  for (const [row, wanted] of golden.rows.entries())
    for (const [output, name] of golden.outputs.entries()) {
      const wrong = fault(rows[row] as RowExplanation, wanted, output);
      if (wrong) throw new BadExplanationError(`golden row ${row} of explain/golden.json (${name}) ${wrong}`);
    }
};

export interface ExplanationCheck {
  readonly modelUri: string;
  readonly facts: ServingFacts;
  readonly texts: ExplanationTexts;
  readonly digest: Digest;
}

/**
 * Proves that a model is explained as it was in training: the background is the one that serving.json names, and the
 * golden rows come out at their values. `open` gives the explainer, which may fail on bad files.
 * @throws {PlatformError} MODEL_LOAD_FAILED
 */
export const checkExplanation = (
  { modelUri, facts, texts, digest }: ExplanationCheck,
  open: () => Promise<RowExplainer>,
): Promise<RowExplainer> =>
  blaming(modelUri, async () => {
    const sha256 = digest.sha256(texts.background);
    const stated = facts.explanation?.backgroundSha256;
    if (sha256 !== stated)
      throw new BadExplanationError(`explain/background.json has sha256 ${sha256}, serving.json says ${stated}`);
    const golden = readGolden(texts.golden);
    const explainer = await open();
    const { columns, outputs } = explainer.names;
    if (`${golden.columns}` !== `${columns}` || `${golden.outputs}` !== `${outputs}`)
      throw new BadExplanationError('explain/golden.json speaks of other columns or outputs than explain/parts.json');
    await checkRows(golden, facts, explainer);
    return explainer;
  });
