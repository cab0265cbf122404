import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  checkExpression,
  type Expression,
  functions,
  namesIn,
  parseExpression,
  renamed,
  renderSql,
} from '#core/expressions/index.ts';
import { isPlatformError } from '#core/shared/errors.ts';
import { expressionsOf, schema } from './arbitraries.ts';

const anything = fc.oneof(...Object.values(expressionsOf(2)));
const withoutPlaces = (node: Expression): unknown =>
  JSON.parse(
    JSON.stringify(node, (key, value: unknown) => {
      if (key === 'at') return undefined;
      if (Object.is(value, -0)) return '-0';
      return typeof value === 'bigint' ? `${value}n` : value;
    }),
  );

const refusal = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('parseExpression', () => {
  it('reads what renderSql writes as the same expression', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const expression = parseExpression(text);
        expect(withoutPlaces(parseExpression(renderSql(expression)))).toEqual(withoutPlaces(expression));
      }),
      { numRuns: 400 },
    );
  });

  it('answers any text with an expression or its error, never otherwise', () => {
    const pieces = fc.constantFrom(
      ...'( ) , :: || CASE WHEN THEN ELSE END CAST( TRY( AS NOT IN LIKE BETWEEN AND OR IS NULL - + * 1 1.5 .e5 \'a \'b\' "x" "" x round( TIMESTAMP extract( FROM hour ; -- \0 \ud800 é'.split(
        ' ',
      ),
      ' ',
      '\n',
    );
    const odd = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(odd, (text) => {
        const answer = refusal(() => checkExpression(text, schema));
        if (answer instanceof Error) expect(isPlatformError(answer) && answer.code).toBe('SQL_INVALID');
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['1 +', 1, 4, 'the end', 'a value is needed'],
    ['a +\n  * 2', 2, 3, '"*"', 'a value is needed'],
    ['n m', 1, 3, '"m"', 'after a value comes an operator'],
    ['nope(1)', 1, 1, '"nope"', 'functions are'],
    ['CASE WHEN b THEN 1', 1, 19, 'the end', 'END'],
    ['CASE END', 1, 6, '"END"', 'a value is needed'],
    ['CAST(n AS money)', 1, 11, '"money"', 'DOUBLE'],
    ["'abc", 1, 1, 'never closed', 'close it'],
    ['1 -- x', 1, 3, '"--"', 'comments'],
    ['n ; DROP TABLE x', 1, 3, '";"', 'allowed are'],
    ['(SELECT 1)', 1, 9, '"1"', 'needs )'],
    ['5x', 1, 1, '"5x"', 'ends before'],
    ['1 = 1 = 1', 1, 7, '"="', 'operator'],
    ["TIMESTAMP '2024-02-30'", 1, 11, "'2024-02-30'", 'TIMESTAMP'],
    ['extract(century FROM t)', 1, 9, '"century"', 'year, quarter'],
    ['1e999', 1, 1, '1e999', '1.8e308'],
    ['b IS 5', 1, 6, '"5"', 'IS needs'],
  ])('says of %j where it stops', (text, line, column, seen, allowed) => {
    const error = refusal(() => parseExpression(text)) as { message: string; details: unknown };
    expect(error.details).toMatchObject({ line, column });
    expect(error.message).toContain(seen);
    expect(error.message).toContain(allowed);
  });

  it.each([
    ['nn + 1', 'the name "nn"', 'names are n, m'],
    ['n + s', '(number, string)', 'CAST'],
    ['CASE WHEN n THEN 1 END', 'type number', 'boolean'],
    ["CASE WHEN b THEN 1 ELSE 'x' END", 'integer, string', 'same type'],
    ['round(n, i)', '(number, integer)', 'written out'],
    ['round(n, 16)', '(number, integer)', '-15 to 15'],
    ['hour(n)', 'hour(t)', '(timestamp)'],
    ['abs(n, 1)', 'abs(x)', '(number)'],
    ['least()', 'least(a, b, …)', '…'],
    ['CAST(t AS BIGINT)', 'timestamp to integer', 'string'],
    ['9223372036854775808', '9223372036854775808', '64 bits'],
  ])('says of %s what does not fit', (text, seen, allowed) => {
    const error = refusal(() => checkExpression(text, schema)) as Error;
    expect(error.message).toContain(seen);
    expect(error.message).toContain(allowed);
  });

  it('refuses what is too deep or too large before anything else does', () => {
    const deep = `${'('.repeat(1_500)}1${')'.repeat(1_500)}`;
    const chain = `1${'+1'.repeat(1_000)}`;
    const doubling = `${'CASE '.repeat(60)}i${' WHEN 1 THEN 1 WHEN 2 THEN 2 END'.repeat(60)}`;
    const copies = `${'nullif('.repeat(40)}i${', 1)'.repeat(40)}`;
    for (const text of [deep, chain, doubling, copies, `1${' '.repeat(5_000)}`])
      expect(refusal(() => parseExpression(text))).toMatchObject({ code: 'SQL_INVALID' });
  });

  it('knows NOT, comparisons and arithmetic by their strength', () => {
    const same = (a: string, b: string) => expect(renderSql(parseExpression(a))).toBe(renderSql(parseExpression(b)));
    same('NOT b AND c OR b', '((NOT b) AND c) OR b');
    same('NOT n = m', 'NOT (n = m)');
    same('n = m IS NULL', '(n = m) IS NULL');
    same('n + m * 2 < 3 AND b', '((n + (m * 2)) < 3) AND b');
    same('n BETWEEN 1 AND 2 AND b', '(n BETWEEN 1 AND 2) AND b');
    same("s || u LIKE 'a' || u", "(s || u) LIKE ('a' || u)");
    same('-n::VARCHAR', '-(n::VARCHAR)');
  });
});

describe('expressions', () => {
  it('tells the names it uses and takes others in their place', () => {
    const expression = parseExpression('CASE WHEN n > m THEN "a b" ELSE n END');
    expect(namesIn(expression)).toEqual(['n', 'm', 'a b']);
    expect(namesIn(renamed(expression, (name) => `x ${name}`))).toEqual(['x n', 'x m', 'x a b']);
  });

  it('writes nothing of a text but what it means', () => {
    expect(renderSql(parseExpression(`"a""; DROP" = 'it''s' /  2`.replace('/  2', '')))).toBe(
      `("a""; DROP" = 'it''s')`,
    );
  });

  it('has each function once, with a name of its own', () => {
    const names = functions.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
  });
});
