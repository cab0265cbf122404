import { Command } from 'commander';
import { FeatureValue } from '#contracts/online.ts';
import type { Prediction } from '#contracts/serving.ts';
import { connect } from '../connection.ts';
import { show } from '../output.ts';

/** Only what a number would print the same way is one: 007 and 1e3 stay texts, as keys often look like numbers. */
const scalar = (text: string): FeatureValue => {
  if (text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text ? number : text;
};

const json = (text: string, pair: string): FeatureValue => {
  try {
    return FeatureValue.parse(JSON.parse(text));
  } catch {
    throw new Error(`after := stands a JSON number, text, truth value or null, got ${pair}`);
  }
};

/**
 * name=value guesses the type, name:=value takes it as JSON.
 * @example fields(['customer_id:="42"', 'zip=01234', 'age=40']) // { customer_id: '42', zip: '01234', age: 40 }
 */
export const fields = (pairs: readonly string[]): Record<string, FeatureValue> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new Error(`fields are written name=value, got ${pair}`);
      const value = pair.slice(at + 1);
      if (at > 1 && pair[at - 1] === ':') return [pair.slice(0, at - 1), json(value, pair)];
      return [pair.slice(0, at), scalar(value)];
    }),
  );

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

/** @example describe(reply) // 'churn version 3 (stable): stays, probability 0.1234, id 01J…' */
export const describe = (p: Prediction): string =>
  `${p.model_name} version ${p.model_version} (${p.variant}): ${p.prediction}${howSure(p)}, id ${p.prediction_id}`;

export const predictCommand = (): Command =>
  new Command('predict')
    .description('ask a deployed model')
    .argument('<model>', 'name of the model')
    .argument('<field...>', 'name=value, or name:=JSON: the join key, and fields that win over stored features')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mlp predict churn customer_id=C000001 age=40 zip:=\'"01234"\'')
    .action(async (model: string, pairs: string[], options: { json?: boolean }) => {
      const prediction = await connect().serving.predict({ path: { model }, body: fields(pairs) });
      show(prediction, options.json, describe);
    });
