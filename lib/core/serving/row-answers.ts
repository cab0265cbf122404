import type { FeatureValue } from '#contracts/online.ts';
import type { Problem } from '#contracts/problems.ts';
import type { ServingFacts } from '#contracts/serving-facts.ts';
import type { GraphAnswers, GraphColumn, Nonsense, RowAnswer } from './ports.ts';

type ReadRow = (found: GraphAnswers, row: number) => RowAnswer;

// Sums of many float32 parts, as forests make them, may miss 0 and 1 by their last digits.
const ROUNDING = 1e-6;
const withoutRounding = (value: number): number => {
  if (value > 1 && value <= 1 + ROUNDING) return 1;
  return value < 0 && value >= -ROUNDING ? 0 : value;
};
// Written so that NaN is refused too.
const isShare = (value: number): boolean => value >= 0 && value <= 1;
const noProbability = (value: number): Nonsense => ({ nonsense: `${value}, not a probability from 0 to 1` });

const EVEN = 0.5;
const binary = ({ classes: [negative = '', positive = ''], threshold = EVEN }: ServingFacts): ReadRow => {
  return ({ scores, width }, row) => {
    const probability = withoutRounding(scores[row * width + 1] ?? Number.NaN);
    if (!isShare(probability)) return noProbability(probability);
    return { prediction: probability >= threshold ? positive : negative, probability };
  };
};

const multiclass =
  ({ classes }: ServingFacts): ReadRow =>
  ({ scores, width }, row) => {
    const probabilities: Record<string, number> = {};
    let [prediction, probability] = ['', -1];
    for (const [index, name] of classes.entries()) {
      const value = withoutRounding(scores[row * width + index] ?? Number.NaN);
      if (!isShare(value)) return noProbability(value);
      probabilities[name] = value;
      if (value > probability) [prediction, probability] = [name, value];
    }
    return { prediction, probability, probabilities };
  };

const regression =
  (): ReadRow =>
  ({ scores, width }, row) => {
    const prediction = scores[row * width] ?? Number.NaN;
    return Number.isFinite(prediction) ? { prediction } : { nonsense: `${prediction}, not a finite number` };
  };

const problems: Readonly<Record<Problem, (facts: ServingFacts) => ReadRow>> = {
  'binary-classification': binary,
  'multiclass-classification': multiclass,
  regression,
};

type Computed = ServingFacts['computed'][number];

const FLOAT_DIGITS = 7;

/**
 * The short number that a float stands for, where there is one: who sent 6 and 5 is told 1.2 and not 1.2000000476837158.
 * @example shortened(Math.fround(1.2)) // 1.2
 */
export const shortened = (float: number): number => {
  if (Number.isInteger(float)) return float;
  const short = Number(float.toPrecision(FLOAT_DIGITS));
  return Math.fround(short) === float ? short : float;
};

const featureOf = ({ declared }: Computed, column: GraphColumn | undefined, row: number): FeatureValue => {
  const value = column?.[row] ?? '';
  if (typeof value === 'string') return value === '' ? null : value;
  if (!Number.isFinite(value)) return null;
  if (declared === 'boolean') return value === 1;
  return column instanceof Float32Array ? shortened(value) : value;
};

const withComputed =
  (read: ReadRow, computed: readonly Computed[]): ReadRow =>
  (found, row) => {
    const features_used: Record<string, FeatureValue> = {};
    for (const [index, feature] of computed.entries())
      features_used[feature.name] = featureOf(feature, found.computed[index], row);
    return { ...read(found, row), features_used };
  };

/**
 * How the answers of a model's graph are read, worked out once a model.
 * @example answerReader(facts)(await open.run(rows))[0] // { prediction: 'churns', probability: 0.73 }
 */
export const answerReader = (facts: ServingFacts): ((found: GraphAnswers) => RowAnswer[]) => {
  const read = problems[facts.problem](facts);
  const readRow = facts.computed.length === 0 ? read : withComputed(read, facts.computed);
  return (found) => {
    const answers: RowAnswer[] = [];
    for (let row = 0; row * found.width < found.scores.length; row += 1) answers.push(readRow(found, row));
    return answers;
  };
};
