import type { Explanation } from '#contracts/explanations.ts';
import type { Prediction } from '#contracts/serving.ts';
import { table } from '../../output.ts';

const DIGITS = 4;
const MOST_OTHERS = 3;

/** The probability of an answer, and of several classes those of the likeliest others. */
const howSure = ({ probability, probabilities = {}, prediction }: Prediction): string => {
  if (probability === undefined) return '';
  const others = Object.entries(probabilities).filter(([name]) => name !== prediction);
  const ranked = others.sort(([, a], [, b]) => b - a).slice(0, MOST_OTHERS);
  const shown = ranked.map(([name, share]) => `${name} ${share.toFixed(DIGITS)}`);
  return `, probability ${probability.toFixed(DIGITS)}${shown.length > 0 ? ` (${shown.join(', ')})` : ''}`;
};

/** @example answerText(reply) // 'churn version 3 (stable): stays, probability 0.1234, id 01J…' */
export const answerText = (p: Prediction): string =>
  `${p.model_name} version ${p.model_version} (${p.variant}): ${p.prediction}${howSure(p)}, id ${p.prediction_id}`;

/** Characters on either side of the middle. */
const WIDE = 14;

/** A bar to the left for what speaks against, to the right for what speaks for. @example bar(-1, 2) // '       ███████│' */
export const bar = (value: number, most: number): string => {
  const length = most > 0 ? Math.round((Math.abs(value) / most) * WIDE) : 0;
  const filled = '█'.repeat(length);
  return value < 0 ? `${filled.padStart(WIDE)}│` : `${' '.repeat(WIDE)}│${filled}`;
};

const rounded = (value: number): string => String(Number(value.toPrecision(DIGITS)));
const signed = (value: number): string => `${value > 0 ? '+' : ''}${rounded(value)}`;

const head = ({ method, of, output, expected, explained }: Explanation): string => {
  const how = method === 'sampled' ? 'estimated by sampling' : 'exact';
  const what = output === 'value' ? of : `${of} of "${output}"`;
  return `${what} ${rounded(explained)}, on average ${rounded(expected)}; what moved it (${method}, ${how}):`;
};

/** What moved a prediction away from the average, the largest first, as bars. */
export const explanationText = (explanation: Explanation, features: Readonly<Record<string, unknown>> = {}): string => {
  const { values, others, standard_errors: errors = {} } = explanation;
  const ranked = Object.entries(values).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const all: [string, number][] = others === undefined ? ranked : [...ranked, ['(all others)', others]];
  const most = Math.max(...all.map(([, value]) => Math.abs(value)), 0);
  const rows = all.map(([name, value]) => [
    name,
    name in features ? String(features[name]) : '',
    `${signed(value)}${errors[name] === undefined ? '' : ` ±${rounded(errors[name])}`}`,
    bar(value, most),
  ]);
  return `${head(explanation)}\n${table(['column', 'is', 'moves by', ''], rows)}`;
};
