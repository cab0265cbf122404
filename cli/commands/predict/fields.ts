import { FeatureValue } from '#contracts/online.ts';
import { scalar } from '../../rows/scalar.ts';

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
