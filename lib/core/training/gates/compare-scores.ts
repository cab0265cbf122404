import type { ServingFacts } from '#contracts/serving-facts.ts';
import type { ParityReport } from '#contracts/training-result.ts';

/** Largest difference that a score may have; of numbers the largest share of them, or of their usual size. */
const PARITY_TOLERANCE = 1e-5;
// JSON has no infinity: what is not a number at all differs by the most there is.
const MOST = Number.MAX_VALUE;

type Scores = readonly number[];
type Facts = Pick<ServingFacts, 'problem' | 'threshold'>;

/** Median size of predicted numbers, at least 1: what one near 0 is measured by, as float32 rounds the parts of its sum. */
const usualSize = (scores: readonly Scores[]): number => {
  const sizes = scores
    .flat()
    .map(Math.abs)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return Math.max(1, sizes[Math.floor(sizes.length / 2)] ?? 1);
};

const difference = (reference: number, found: number, usual: number | undefined): number => {
  const gap = Math.abs(found - reference);
  return Number.isFinite(gap) ? gap / (usual === undefined ? 1 : Math.max(usual, Math.abs(reference))) : MOST;
};

const DEFAULT_THRESHOLD = 0.5;
const answerOf = (scores: Scores, { problem, threshold = DEFAULT_THRESHOLD }: Facts): number => {
  if (problem === 'binary-classification') return (scores[1] ?? 0) >= threshold ? 1 : 0;
  return scores.indexOf(Math.max(...scores));
};

/** How far the answer is from turning over. */
const clearance = (scores: Scores, { problem, threshold = DEFAULT_THRESHOLD }: Facts): number => {
  if (problem === 'binary-classification') return Math.abs((scores[1] ?? 0) - threshold);
  const [first = 0, second = 0] = scores.toSorted((a, b) => b - a);
  return (first - second) / 2;
};

const turnsOver = (reference: Scores, found: Scores, facts: Facts): boolean =>
  facts.problem !== 'regression' &&
  answerOf(reference, facts) !== answerOf(found, facts) &&
  clearance(reference, facts) > PARITY_TOLERANCE;

/** Largest difference within one row; a row of another width differs by the most there is. */
const rowDifference = (wanted: Scores, got: Scores, usual: number | undefined): number =>
  got.length === wanted.length
    ? Math.max(...wanted.map((score, i) => difference(score, got[i] ?? Number.NaN, usual)))
    : MOST;

/**
 * Scores of a runtime against those of the original pipeline, row by row.
 * @example compareScores([[0.4, 0.6]], [[0.4, 0.6]], { problem: 'binary-classification' }).passed // true
 */
export const compareScores = (reference: readonly Scores[], found: readonly Scores[], facts: Facts): ParityReport => {
  const usual = facts.problem === 'regression' ? usualSize(reference) : undefined;
  let maxAbsDiff = 0;
  let labelMismatches = 0;
  for (const [row, wanted] of reference.entries()) {
    const got = found[row] ?? [];
    maxAbsDiff = Math.max(maxAbsDiff, rowDifference(wanted, got, usual));
    if (turnsOver(wanted, got, facts)) labelMismatches += 1;
  }
  const passed = reference.length > 0 && maxAbsDiff <= PARITY_TOLERANCE && labelMismatches === 0;
  return { rows: reference.length, maxAbsDiff, labelMismatches, computedMismatches: 0, passed };
};
