import { lower, upper } from '../letter-case.ts';
import { isLike, lengthOf } from '../texts.ts';
import type { Value } from '../types.ts';
import {
  binary,
  infix,
  named,
  type Overload,
  type ScalarFunction,
  strict,
  unary,
  type Written,
  withNulls,
} from './function-entry.ts';

const ofText = (f: (text: string) => string): Overload[] => [{ takes: ['string'], gives: 'string', make: unary(f) }];

// Before the first character and behind the last the engine answers in more ways than one, so they cannot be asked for.
const position: Written = { from: 1, to: 100_000 };
const size: Written = { from: 0, to: 100_000 };

const concat = (values: readonly Value[]): string => values.filter((value) => value !== null).join('');
const part = ([text, start, length]: readonly Value[]): string => {
  const from = Number(start) - 1;
  return [...String(text)].slice(from, length === undefined ? undefined : from + Number(length)).join('');
};

/** Functions of texts: characters are Unicode code points. */
export const texts: readonly ScalarFunction[] = [
  infix({
    name: '||',
    usage: 'a || b',
    meaning: 'one text after the other; NULL where one is NULL',
    overloads: [{ takes: ['string', 'string'], gives: 'string', make: binary((a: string, b: string) => a + b) }],
  }),
  named({
    name: 'concat',
    usage: 'concat(a, b, …)',
    meaning: 'the texts after one another, without those that are missing',
    isVariadic: true,
    overloads: [{ takes: ['string'], gives: 'string', make: withNulls(concat) }],
  }),
  infix({
    name: 'like',
    symbol: 'LIKE',
    usage: 'a LIKE pattern',
    meaning: '% stands for any characters, _ for one; nothing escapes them',
    overloads: [{ takes: ['string', 'string'], gives: 'boolean', make: binary(isLike) }],
  }),
  named({ name: 'lower', usage: 'lower(a)', meaning: 'small letters', overloads: ofText(lower) }),
  named({ name: 'upper', usage: 'upper(a)', meaning: 'capital letters', overloads: ofText(upper) }),
  named({
    name: 'trim',
    usage: 'trim(a)',
    meaning: 'without the spaces around it',
    overloads: ofText((text) => text.replace(/^\p{Zs}+|\p{Zs}+$/gu, '')),
  }),
  named({
    name: 'length',
    aliases: ['len'],
    usage: 'length(a)',
    meaning: 'number of characters',
    isAlwaysInteger: true,
    overloads: [{ takes: ['string'], gives: 'integer', make: unary(lengthOf) }],
  }),
  named({
    name: 'substr',
    aliases: ['substring'],
    usage: 'substr(a, start), substr(a, start, length)',
    meaning: 'a part of it; start, from 1, and length are written out',
    overloads: [
      { takes: ['string', position], gives: 'string', make: strict(part) },
      { takes: ['string', position, size], gives: 'string', make: strict(part) },
    ],
  }),
];
