import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { type Feature, OnDemandView } from '#contracts/feature-views.ts';
import type { FeatureValue } from '#contracts/online.ts';
import { onDemandParts, onDemandReader, onDemandSql } from '#core/features/index.ts';

const view = OnDemandView.parse({
  name: 'payment',
  requestFields: [
    { name: 'amount', type: 'number' },
    { name: 'at', type: 'timestamp' },
    { name: 'note', type: 'string' },
  ],
  features: [
    { name: 'ratio', type: 'number', sql: 'amount / mean' },
    { name: 'is_high', type: 'boolean', sql: 'ratio > 3 OR count = 0' },
    { name: 'half', type: 'integer', sql: 'CAST(count * 0.5 AS BIGINT) + CASE WHEN is_member THEN 1 ELSE 0 END' },
    { name: 'words', type: 'string', sql: "upper(coalesce(note, 'none')) || '#' || CAST(half AS VARCHAR)" },
    { name: 'first', type: 'timestamp', sql: 'least(at, joined)' },
    { name: 'waited', type: 'number', sql: 'round((epoch(at) - epoch(joined)) / 86400, 3)' },
    { name: 'again', type: 'number', sql: 'half / 4 + ratio' },
  ],
});
const stored: Feature[] = [
  { name: 'mean', type: 'number' },
  { name: 'count', type: 'integer' },
  { name: 'is_member', type: 'boolean' },
  { name: 'joined', type: 'timestamp' },
  { name: 'unused', type: 'number' },
];
const parts = onDemandParts([{ view }], stored);

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 5 });
const seconds = fc.integer({ min: 0, max: 4e9 }).map((whole) => whole + 0.25);
const row = fc.record({
  amount: maybe(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ noNaN: true, noDefaultInfinity: true }))),
  at: maybe(seconds),
  note: maybe(fc.constantFrom('', 'é', "o'k", 'straße')),
  mean: maybe(fc.constantFrom(0, 1, 2.5, -4, 1e-300)),
  count: maybe(fc.integer({ min: -5, max: 5 })),
  is_member: maybe(fc.boolean()),
  joined: maybe(seconds),
});
type Given = Readonly<Record<string, FeatureValue>>;

const sqlTypes = { number: 'DOUBLE', integer: 'BIGINT', boolean: 'BOOLEAN', string: 'VARCHAR', timestamp: 'TIMESTAMP' };
const cell = ({ name, type }: Pick<Feature, 'name' | 'type'>, given: Given): string => {
  const value = given[name] ?? null;
  if (value === null) return `CAST(NULL AS ${sqlTypes[type]}) AS ${name}`;
  if (type === 'timestamp') return `make_timestamp(${Number(value) * 1e6}::BIGINT) AS ${name}`;
  return `CAST('${(Object.is(value, -0) ? '-0.0' : String(value)).replaceAll("'", "''")}' AS ${sqlTypes[type]}) AS ${name}`;
};

const error = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (caught) {
    return caught;
  }
};

describe('on-demand features', () => {
  it('are the same offline and online', async () => {
    const reader = onDemandReader(parts);
    const kept = (column: string, type: string) => (type === 'timestamp' ? `epoch(${column})` : column);
    await duckDbEngine().open((tables) =>
      fc.assert(
        fc.asyncProperty(fc.array(row, { minLength: 20, maxLength: 20 }), async (rows) => {
          const columns = [...parts.requestFields, ...parts.stored];
          const selects = rows.map((given) => `SELECT ${columns.map((column) => cell(column, given)).join(', ')}`);
          const sql = onDemandSql(`FROM (${selects.join(' UNION ALL ')})`, { parts, inputs: {}, kept });
          const names = parts.features.map(({ name }) => name).join(', ');
          const offline = await tables.rows(`SELECT ${names} FROM (${sql})`);
          expect(offline).toEqual(rows.map((given) => reader(given, given)));
        }),
        { numRuns: 25, endOnFailure: true },
      ),
    );
  });

  it('name what they are computed from, and nothing else', () => {
    expect(parts.stored.map(({ name }) => name)).toEqual(['mean', 'count', 'is_member', 'joined']);
    const some = onDemandParts([{ view, features: ['is_high'] }], stored);
    expect(some.features.map(({ name }) => name)).toEqual(['ratio', 'is_high']);
    expect(some.requestFields.map(({ name }) => name)).toEqual(['amount']);
    expect(some.stored.map(({ name }) => name)).toEqual(['mean', 'count']);
  });

  it('keep the columns of the rows, and take the names they are given', async () => {
    const some = onDemandParts([{ view, features: ['ratio'] }], stored);
    const from = 'SELECT 7 AS "ratio", 6e0 AS "payment amount", 2e0 AS "profile__mean"';
    const inputs = { amount: '"payment amount"', mean: '"profile__mean"' };
    const sql = onDemandSql(from, { parts: some, inputs, as: { ratio: 'payment__ratio' } });
    const rows = await duckDbEngine().open((tables) => tables.rows(sql));
    expect(rows).toEqual([{ ratio: 7, 'payment amount': 6, profile__mean: 2, payment__ratio: 3 }]);
  });

  it('are missing where something of theirs is, and where the answer is no number', () => {
    const reader = onDemandReader(parts);
    const fields = { amount: 1, at: null, note: null };
    const seen = reader(fields, { mean: 0, count: 4, is_member: false });
    expect(seen).toMatchObject({ ratio: null, is_high: null, half: 2, words: 'NONE#2', first: null, again: null });
  });

  it('take times of a request with their zone', () => {
    const { first } = onDemandReader(parts)({ amount: 1, at: '1970-01-01T01:00:10+01:00', note: 'a' }, { joined: 99 });
    expect(first).toBe(10);
  });

  it('say which request field is missing, wrong or out of its range', () => {
    const [amount, ...others] = view.requestFields;
    const strict = { ...view, requestFields: [{ ...amount!, minimum: 0, required: true }, ...others] };
    const reader = onDemandReader(onDemandParts([{ view: strict }], stored));
    const rest = { at: 0, note: '' };
    expect(error(() => reader({ amount: 1 }, {}))).toMatchObject({
      code: 'FIELD_MISSING',
      details: { fields: ['at', 'note'] },
    });
    expect(error(() => reader({ ...rest, amount: null }, {}))).toMatchObject({ code: 'FIELD_MISSING' });
    expect(error(() => reader({ ...rest, amount: 'x' }, {}))).toMatchObject({ code: 'FIELD_TYPE_WRONG' });
    expect(error(() => reader({ ...rest, amount: -1 }, {}))).toMatchObject({
      code: 'FIELD_OUT_OF_RANGE',
      details: { field: 'amount', value: '-1', allowed: 'at least 0' },
    });
  });
});
