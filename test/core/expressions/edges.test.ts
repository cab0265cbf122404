import { beforeAll, describe, expect, it } from '@jest/globals';
import { checkExpression, type Value } from '#core/expressions/index.ts';
import type { Cell, Row } from '#core/features/ports.ts';
import { schema } from './arbitraries.ts';
import { engineAnswers, ourAnswer, withRows } from './engine-world.ts';

const nothing = { n: null, m: null, i: null, j: null, b: null, c: null, s: null, u: null, t: null, w: null };
const moment = "TIMESTAMP '2024-12-29 23:59:59.5'";

/** What is asked of three engines: this table's, ours and DuckDB. */
const edges: readonly (readonly [string, Cell])[] = [
  ['7 / 2', 3.5],
  ['1 / 0', Number.POSITIVE_INFINITY],
  ['-1 / 0', Number.NEGATIVE_INFINITY],
  ['0 / 0', Number.NaN],
  ['-7 % 3', -1],
  ['7 % 0', null],
  ['7.5 % 0', Number.NaN],
  ['0.1 + 0.2', 0.30000000000000004],
  ['9223372036854775807 + 1', null],
  ['-9223372036854775808 - 1', null],
  ['- (-9223372036854775807 - 1)', null],
  ['9007199254740992 + 1', '9007199254740993'],
  ['3037000500 * 3037000500', null],
  ['2 + 3 * 4 - -5', 19],
  ['-2 * 3', -6],
  ['1 - 2 - 3', -4],
  ["'a' || 'b' || 'c'", 'abc'],
  ["'a' || NULLIF('b', 'b')", null],
  ["concat('a', NULLIF('b', 'b'), 'c')", 'ac'],
  ['round(2.5)', 3],
  ['round(-2.5)', -3],
  ['round(0.49999999999999994)', 0],
  ['round(2.675, 2)', 2.68],
  ['round(1234.5, -2)', 1200],
  ['round(15, -1)', 20],
  ['CAST(2.5 AS BIGINT)', 2],
  ['CAST(3.5 AS BIGINT)', 4],
  ["CAST('2.5' AS BIGINT)", 3],
  ["CAST('abc' AS DOUBLE)", null],
  ["TRY_CAST('abc' AS DOUBLE)", null],
  ["' 1_000 '::DOUBLE", 1000],
  ["'1e400'::DOUBLE", Number.POSITIVE_INFINITY],
  ["'0x1F'::BIGINT", 31],
  ["'9223372036854775807.4'::BIGINT", '9223372036854775807'],
  ["'9223372036854775807.5'::BIGINT", null],
  ["'on'::BOOLEAN", null],
  ["'Yes'::BOOLEAN", true],
  ['1e16::VARCHAR', '1e+16'],
  ['1e15::VARCHAR', '1000000000000000.0'],
  ['1e-5::VARCHAR', '1e-05'],
  ['(-0e0)::VARCHAR', '-0.0'],
  ['ln(0)', null],
  ['sqrt(-1)', null],
  ['pow(1, 0 / 0)', 1],
  ['exp(1000)', Number.POSITIVE_INFINITY],
  ['0 / 0 = 0 / 0', true],
  ['0 / 0 > 1 / 0', true],
  ['greatest(1, 0 / 0)', Number.NaN],
  ['least(NULL, 2, 1)', 1],
  ['least(NULL, n)', null],
  ["'a' < 'B'", false],
  ["'ä' < 'z'", false],
  ["'\uFFFD' < '😀'", true],
  ["length('👍🏽')", 2],
  ["upper('straße')", 'STRAẞE'],
  ["lower('İ')", 'i'],
  ["substr('héllo', 2, 3)", 'éll'],
  ["substr('😀b', 2)", 'b'],
  ["trim('\u00a0 a\t ')", 'a\t'],
  ["'a%c' LIKE 'a\\%c'", false],
  ["'😀' LIKE '_'", true],
  ["'aXbXc' LIKE '%X_'", true],
  ['NULL AND false', false],
  ['NULL OR true', true],
  ['NOT NULL', null],
  ['1 IN (2, NULL)', null],
  ['1 NOT IN (1, NULL)', false],
  ['1 BETWEEN NULL AND 0', false],
  ['b IS NOT TRUE', true],
  ['b IS NULL', true],
  ['CASE WHEN b THEN 1 WHEN b IS NULL THEN 2 END', 2],
  ["CASE 3 WHEN 1 THEN 'x' WHEN 2 THEN 'y' END", null],
  ['coalesce(n, i, 4)', 4],
  ['nullif(3, 3.0)', null],
  ['1 = 1.0', true],
  [`EXTRACT(dow FROM ${moment})`, 0],
  [`week(TIMESTAMP '2024-12-30')`, 1],
  [`second(TIMESTAMP '1960-01-01 00:00:00.5')`, 0],
  [`epoch(TIMESTAMP '1960-01-01 00:00:00.5')`, -315619199.5],
  [`${moment}::VARCHAR`, '2024-12-29 23:59:59.5'],
  [`TIMESTAMP '2024-01-01' < ${moment}`, true],
];

describe('edge cases of expressions', () => {
  let answers: Row = {};
  beforeAll(async () => {
    const [row] = await withRows([nothing], (tables) =>
      engineAnswers(
        tables,
        edges.map(([text]) => text),
      ),
    );
    answers = row ?? {};
  });

  it.each(edges.map(([text, wanted], i) => [text, wanted, i] as const))('%s is %s', (text, wanted, i) => {
    expect(ourAnswer(text, nothing)).toBe(wanted);
    expect(answers[`c${i}`]).toBe(wanted);
  });

  it('lets through nothing so deep that the engine would refuse it', async () => {
    const nested = (times: number, around: (inner: string) => string): string =>
      Array.from({ length: times }).reduce<string>((inner) => around(inner), 'i');
    const deepest = [
      `i${' + j'.repeat(99)}`,
      `${'NOT '.repeat(98)}b`,
      nested(32, (inner) => `sign(-(${inner}))`),
      nested(48, (inner) => `CASE WHEN b THEN ${inner} END`),
      nested(48, (inner) => `coalesce(${inner}, 1)::DOUBLE`),
    ];
    const row = { ...nothing, i: 1, j: 2, b: true };
    const [answer] = await withRows([row], (tables) => engineAnswers(tables, deepest));
    expect(Object.values(answer ?? {})).toEqual(deepest.map((text) => ourAnswer(text, row)));
  });

  it('finds the type of each way to write it', () => {
    const types = ['1', '1.0', '1e0', "'1'", 'true', 'NULL', moment, '1 + 1', '1 + 1.0', '1 / 1', 'nullif(1, 1.0)'];
    expect(types.map((text) => checkExpression(text, schema).type)).toEqual([
      'integer',
      'number',
      'number',
      'string',
      'boolean',
      'null',
      'timestamp',
      'integer',
      'number',
      'number',
      'integer',
    ]);
  });

  it('takes no name from the prototype of a row', () => {
    const { run } = checkExpression('"constructor"', { constructor: 'string' } as never);
    const row: Record<string, Value> = Object.create(null);
    expect(run(row)).toBe(null);
    expect(() => checkExpression('"toString"', {})).toThrow('names are none');
  });
});
