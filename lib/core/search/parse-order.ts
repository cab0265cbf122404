import { refusal } from './refusal.ts';
import { tokensOf } from './tokens.ts';

/** One order_by text as it is written. */
export interface OrderClause {
  readonly identifier: string;
  readonly ascending: boolean;
}

const DIRECTIONS: Readonly<Record<string, boolean>> = { ASC: true, DESC: false };

/** @example parseOrder('metrics.`a b` DESC') // { identifier: 'metrics.`a b`', ascending: false } */
export const parseOrder = (text: string): OrderClause => {
  const [identifier, direction, more] = tokensOf(text);
  if (identifier?.kind !== 'name' || identifier.text.toUpperCase() in DIRECTIONS)
    throw refusal('order_by', identifier?.text ?? text, 'write a key and ASC or DESC, such as metrics.rmse ASC');
  const ascending = DIRECTIONS[direction?.text.toUpperCase() ?? 'ASC'];
  if (ascending === undefined || more)
    throw refusal('order_by', (more ?? direction)?.text ?? text, 'only ASC or DESC may follow the key');
  return { identifier: identifier.text, ascending };
};

/** @throws INVALID_REQUEST when a key is sorted by twice */
export const refuseRepeated = (keys: readonly string[]): void => {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) throw refusal('order_by', key, 'each key may be sorted by once');
    seen.add(key);
  }
};
