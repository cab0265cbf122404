import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import type { Feature, FeatureType } from '#contracts/feature-views.ts';
import { checkRow, checkSent, requireRow, type Tables } from '#core/features/index.ts';
import { runSuite, viewSuite } from '#core/validation/index.ts';

type Value = number | string | boolean | null;
const small = fc.integer({ min: -3, max: 3 });
const valuesOf: Readonly<Record<FeatureType, fc.Arbitrary<number | string | boolean>>> = {
  number: fc.oneof(small, fc.constantFrom(0.5, -0.5, 1e300, 2 ** 53)),
  integer: fc.oneof(small, fc.constantFrom(2 ** 53 - 1, -(2 ** 53) + 1)),
  boolean: fc.boolean(),
  string: fc.constantFrom('', 'a', 'A', 'é', "o'k", ' a'),
  timestamp: fc.constantFrom(0, 0.5, 1.75e9, -1, 86_400),
};
const hasOrder = (type: FeatureType): boolean => type !== 'string' && type !== 'boolean';

const feature = (type: FeatureType): fc.Arbitrary<Feature> =>
  fc
    .record(
      {
        name: fc.constant('x'),
        type: fc.constant(type),
        required: fc.boolean(),
        values: fc.array(valuesOf[type], { minLength: 1, maxLength: 4 }),
        ...(hasOrder(type) && { minimum: small, maximum: small }),
      },
      { requiredKeys: ['name', 'type'] },
    )
    .filter(({ minimum = -9, maximum = 9 }) => minimum <= maximum) as fc.Arbitrary<Feature>;

/** A feature and a value of the type that its column has: declared, or the double that models are trained on. */
const judged = fc.constantFrom<FeatureType>('number', 'integer', 'boolean', 'string', 'timestamp').chain((type) =>
  fc.record({
    feature: feature(type),
    isTrained: type === 'string' ? fc.constant(false) : fc.boolean(),
    value: fc.option(valuesOf[type], { freq: 5 }) as fc.Arbitrary<Value>,
    // What no declared column can hold, a double can.
    other: fc.constantFrom<Value>(0.5, 2, 2 ** 60, 1),
    isOther: fc.boolean(),
  }),
);

const sqlTypes = { number: 'DOUBLE', integer: 'BIGINT', boolean: 'BOOLEAN', string: 'VARCHAR', timestamp: 'TIMESTAMP' };
const cell = ({ type }: Feature, value: Value, isTrained: boolean): string => {
  if (value === null) return `CAST(NULL AS ${isTrained ? 'DOUBLE' : sqlTypes[type]})`;
  if (isTrained) return `CAST(${Number(value)} AS DOUBLE)`;
  if (type === 'timestamp') return `make_timestamp(${Number(value) * 1e6}::BIGINT)`;
  return `CAST('${String(value).replaceAll("'", "''")}' AS ${sqlTypes[type]})`;
};

const suiteHolds = async (tables: Tables, one: Feature, column: string): Promise<boolean> => {
  await tables.run(`CREATE OR REPLACE VIEW dataset AS SELECT ${column} AS x`);
  return (await runSuite(tables, viewSuite([one]))).every(({ success }) => success);
};

const refusal = (work: () => void): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('checkRow', () => {
  it('says of a row what the suite of its view says of a table', async () => {
    await duckDbEngine().open((tables) =>
      fc.assert(
        fc.asyncProperty(judged, async ({ feature: one, value, isTrained, other, isOther }) => {
          const x = isTrained && isOther ? other : value;
          const holds = await suiteHolds(tables, one, cell(one, x, isTrained));
          expect({ one, x, holds: checkRow([one], { x }).length === 0 }).toEqual({ one, x, holds });
        }),
        { numRuns: 300, endOnFailure: true },
      ),
    );
  });

  const age: Feature = { name: 'age', type: 'integer', required: true, minimum: 0, maximum: 130 };
  const plan: Feature = { name: 'plan', type: 'string', values: ['free', 'paid'] };
  it.each([
    [{ age: 131 }, 'FIELD_OUT_OF_RANGE', 'age must be at least 0, at most 130, got 131'],
    [{ age: 1, plan: 'gold' }, 'FIELD_OUT_OF_RANGE', 'plan must be one of "free", "paid", got "gold"'],
    [{ age: 1.5 }, 'FIELD_TYPE_WRONG', 'age must be a whole number within ±2^53, got 1.5'],
    [{ age: '1' }, 'FIELD_TYPE_WRONG', 'got "1"'],
    [{ age: 1, plan: ['free'] }, 'FIELD_TYPE_WRONG', 'plan must be a text, or null, got a list'],
    [{}, 'FIELD_MISSING', 'age must be a whole number within ±2^53, got null'],
    [{ age: Number.NaN }, 'FIELD_MISSING', 'got NaN'],
    [{ age: -1, plan: 5 }, 'FIELD_OUT_OF_RANGE', 'got -1; plan must be a text, or null, got 5'],
  ])('tells of %j the field, the value and what is allowed', (row, code, message) => {
    const error = refusal(() => requireRow([age, plan], row)) as Error;
    expect(error).toMatchObject({ code });
    expect(error.message).toContain(message);
  });

  const mistaken = [true, Number.NaN, Number.POSITIVE_INFINITY];
  it.each<[FeatureType, unknown[], unknown[]]>([
    ['number', [1, -0.5, 1e300, null], [...mistaken, '1', {}]],
    ['integer', [1, 2 ** 53 - 1, null], [...mistaken, 2.5, 2 ** 53]],
    ['boolean', [true, false, 1, 0, null], [Number.NaN, 2, 'true']],
    ['timestamp', [0, -1.5, '2026-01-31T12:00:00Z', null], [...mistaken, '2026-01-31T12:00:00', []]],
    ['string', ['', 'NaN', null], [1, true, []]],
  ])('holds what a caller sends to %s', (type, right, wrong) => {
    const breachOf = (x: unknown) => checkSent({ name: 'x', type }, x)?.code;
    expect(right.map(breachOf)).toEqual(right.map(() => undefined));
    expect(wrong.map(breachOf)).toEqual(wrong.map(() => 'FIELD_TYPE_WRONG'));
    expect(checkSent({ name: 'x', type, required: true }, null)?.code).toBe('FIELD_MISSING');
  });

  it('takes times with a zone, or as seconds', () => {
    const seen: Feature = { name: 'seen', type: 'timestamp', minimum: 0, maximum: 60 };
    expect(checkRow([seen], { seen: '1970-01-01T00:00:30Z' })).toEqual([]);
    expect(checkRow([seen], { seen: '1970-01-01T02:00:30+02:00' })).toEqual([]);
    expect(checkRow([seen], { seen: '1970-01-01T00:02:00Z' })[0]?.code).toBe('FIELD_OUT_OF_RANGE');
    expect(checkRow([seen], { seen: '1970-01-01T00:00:30' })[0]?.code).toBe('FIELD_TYPE_WRONG');
    expect(checkRow([seen], { seen: 61 })[0]?.code).toBe('FIELD_OUT_OF_RANGE');
  });
});
