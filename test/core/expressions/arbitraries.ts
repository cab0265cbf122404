import fc from 'fast-check';
import type { FeatureType } from '#contracts/feature-views.ts';
import type { Values } from '#core/expressions/index.ts';
import { parseTimestamp, timestampText } from '#core/expressions/parse-timestamp.ts';

type Text = fc.Arbitrary<string>;

export const schema = {
  n: 'number',
  m: 'number',
  i: 'integer',
  j: 'integer',
  b: 'boolean',
  c: 'boolean',
  s: 'string',
  u: 'string',
  t: 'timestamp',
  w: 'timestamp',
} as const satisfies Record<string, FeatureType>;

const missing = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 6 });

const someNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 1e15, 1e16, 1e-5, 2 ** 53, 9.3e18, 0.1, 2.675),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 1.7976931348623157e308),
  fc.integer({ min: -20, max: 20 }),
);
const wide = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const whole = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
const someInteger = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  wide.map(whole),
  fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n).map(whole),
);
const words = [
  '',
  ' ',
  'a',
  'A',
  'abc',
  'ABC',
  'été',
  'Ünï',
  '😀',
  'a😀b',
  '\uFFFD',
  'İ',
  'ß',
  ' x ',
  '%',
  'a_c',
  "o'k",
  '"',
  '\u00a0y',
];
// No 1_000: behind more than nineteen digits the engine takes one for a digit.
const numerals = [
  '1',
  '-2.5',
  ' 7 ',
  '1e3',
  'nan',
  '-inf',
  '0x1F',
  '.5',
  '5.',
  '1e400',
  '12abc',
  'true',
  'no',
  '99999999999999999999',
];
const someText = fc.oneof(
  fc.constantFrom(...words),
  fc.constantFrom(...numerals),
  fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => !text.includes('\0')),
);
const moment = fc
  .integer({ min: (parseTimestamp('1700-01-01') as number) / 1e6, max: (parseTimestamp('2250-12-31') as number) / 1e6 })
  .chain((seconds) => fc.constantFrom(0, 500_000, 1, 999_999).map((micros) => seconds * 1e6 + micros));

/** A row of the schema, with everything that is odd. */
export const someRow: fc.Arbitrary<Values> = fc.record({
  n: missing(someNumber),
  m: missing(someNumber),
  i: missing(someInteger),
  j: missing(someInteger),
  b: missing(fc.boolean()),
  c: missing(fc.boolean()),
  s: missing(someText),
  u: missing(someText),
  t: missing(moment),
  w: missing(moment),
});

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const numberText = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((x) => (x < 0 || Object.is(x, -0) ? `(-${Math.abs(x).toExponential()})` : x.toExponential()));

const leaves: Readonly<Record<FeatureType, Text>> = {
  number: fc.oneof(fc.constantFrom('n', 'm', '0.5', '2.0', '-1e0', '0e0', '1.5', '100.0', 'i'), numberText),
  integer: fc.constantFrom(
    'i',
    'j',
    '0',
    '1',
    '2',
    '-3',
    '7',
    '10',
    '9223372036854775807',
    '(-9223372036854775807 - 1)',
  ),
  boolean: fc.constantFrom('b', 'c', 'true', 'false'),
  string: fc.oneof(
    fc.constantFrom('s', 'u'),
    fc.oneof(fc.constantFrom(...words), fc.constantFrom(...numerals)).map(quoted),
  ),
  timestamp: fc.oneof(
    fc.constantFrom('t', 'w'),
    moment.map((micros) => `TIMESTAMP '${timestampText(micros)}'`),
  ),
};

const types = Object.keys(leaves) as FeatureType[];

/** Texts of expressions by type, at most `depth` calls deep. The logarithms and powers stand in no other expression here. */
export const expressionsOf = (depth: number): Readonly<Record<FeatureType, Text>> => {
  if (depth === 0) return leaves;
  const inner = expressionsOf(depth - 1);
  const { number, integer, boolean, string, timestamp } = inner;
  const of = (...parts: readonly (string | Text)[]): Text =>
    fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((all) => all.join(''));
  const call = (names: readonly string[], ...operands: readonly Text[]): Text =>
    of(fc.constantFrom(...names), '(', ...operands.flatMap((one, i) => (i === 0 ? [one] : [',', one])), ')');
  const infix = (symbols: readonly string[], a: Text, b: Text): Text =>
    of('(', a, ' ', fc.constantFrom(...symbols), ' ', b, ')');
  const ofType = (type: FeatureType): Text[] => {
    const x = inner[type];
    return [
      leaves[type],
      of('CASE WHEN ', boolean, ' THEN ', x, ' ELSE ', x, ' END'),
      of('CASE ', integer, ' WHEN ', integer, ' THEN ', x, ' WHEN 1 THEN NULL END'),
      call(['coalesce', 'least', 'greatest'], x, x, x),
      call(['nullif'], x, x),
    ];
  };
  const compared = (type: FeatureType): Text[] => {
    const x = inner[type];
    return [
      infix(['=', '<>', '!=', '<', '<=', '>', '>='], x, x),
      of('(', x, ' BETWEEN ', x, ' AND ', x, ')'),
      of('(', x, fc.constantFrom(' IN (', ' NOT IN ('), x, ', ', x, fc.constantFrom('))', ', NULL))')),
      of('(', x, fc.constantFrom(' IS NULL)', ' IS NOT NULL)')),
    ];
  };
  return {
    number: fc.oneof(
      ...ofType('number'),
      infix(['+', '-', '*', '/', '%'], number, number),
      infix(['+', '*', '/'], integer, number),
      infix(['/'], integer, integer),
      of('(- ', number, ')'),
      call(['abs', 'round', 'floor', 'ceil', 'sqrt'], number),
      of('round(', number, fc.constantFrom(', 0)', ', 2)', ', -1)', ', 7)', ', -15)')),
      call(['epoch'], timestamp),
      of('CAST(', fc.oneof(integer, boolean, string), ' AS DOUBLE)'),
      of('TRY_CAST(', string, ' AS DOUBLE)'),
    ),
    integer: fc.oneof(
      ...ofType('integer'),
      infix(['+', '-', '*', '%'], integer, integer),
      of('(- ', integer, ')'),
      call(['abs', 'round'], integer),
      of('round(', integer, fc.constantFrom(', 2)', ', -1)', ', -4)')),
      call(['sign'], fc.oneof(number, integer)),
      call(['length'], string),
      call(
        ['year', 'quarter', 'month', 'week', 'day', 'dayofweek', 'isodow', 'dayofyear', 'hour', 'minute', 'second'],
        timestamp,
      ),
      of('CAST(', fc.oneof(number, boolean, string), ' AS BIGINT)'),
      of('TRY_CAST(', fc.oneof(number, string), ' AS BIGINT)'),
    ),
    boolean: fc.oneof(
      ...ofType('boolean'),
      ...types.flatMap(compared),
      infix(['AND', 'OR'], boolean, boolean),
      of('(NOT ', boolean, ')'),
      of('(', boolean, fc.constantFrom(' IS TRUE)', ' IS FALSE)', ' IS NOT TRUE)', ' IS NOT FALSE)')),
      infix(['LIKE', 'NOT LIKE'], string, fc.oneof(string, fc.constantFrom("'%a%'", "'_b%'", "'%'", "'_'"))),
      call(['isnan', 'isfinite'], number),
      of('CAST(', fc.oneof(number, integer), ' AS BOOLEAN)'),
      of('TRY_CAST(', string, ' AS BOOLEAN)'),
    ),
    string: fc.oneof(
      ...ofType('string'),
      infix(['||'], string, string),
      call(['concat'], string, string, string),
      call(['lower', 'upper', 'trim'], string),
      of(
        'substr(',
        string,
        ', ',
        fc.constantFrom('1', '2', '3', '100'),
        fc.constantFrom(')', ', 2)', ', 1)', ', 0)', ', 100)'),
      ),
      // The text of a NaN that was computed is nan or -nan, as the processor pleases.
      of('CAST(', fc.oneof(leaves.number, integer, boolean, timestamp), ' AS VARCHAR)'),
    ),
    timestamp: fc.oneof(...ofType('timestamp')),
  };
};
