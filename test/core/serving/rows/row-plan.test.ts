import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FeatureType } from '#contracts/feature-views.ts';
import type { ModelInput } from '#contracts/serving-facts.ts';
import { checkAsked, isAsked } from '#core/serving/asked-fields.ts';
import { checkBrought, featureRow } from '#core/serving/feature-row.ts';
import { rowPlan } from '#core/serving/index.ts';

const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const declared = fc.constantFrom<FeatureType>('number', 'integer', 'boolean', 'string', 'timestamp');
const names = ['a', 'constructor'];

const inputOf = (name: string): fc.Arbitrary<ModelInput> =>
  fc
    .record({
      type: fc.constantFrom('number' as const, 'string' as const),
      source: optional(fc.constantFrom('stored' as const, 'request' as const)),
      precision: optional(fc.constantFrom('float' as const, 'double' as const)),
      declared: optional(declared),
      required: optional(fc.boolean()),
      minimum: optional(fc.constantFrom(-1, 0)),
      maximum: optional(fc.constantFrom(1, 5)),
      values: optional(fc.constantFrom<(string | number)[]>(['x', 'y'], [0, 1, 2])),
    })
    .map((made) => {
      const { declared: type } = made;
      // As training writes it: texts are declared as such, everything else is a number.
      const asTrained = type && { type: type === 'string' ? ('string' as const) : ('number' as const) };
      return { name, ...JSON.parse(JSON.stringify({ ...made, ...asTrained })) };
    });

const value = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, 1, -0, 2, 5, 1.5, 1e39, 2 ** 53, 'x', 'y', '', '\ud800'),
  fc.constantFrom<unknown>('2026-01-01T00:00:00Z', 'x'.repeat(8_193), [], {}, Number.NaN, Number.POSITIVE_INFINITY),
  fc.double(),
  fc.string(),
);
const some = fc.record({ a: value, constructor: value }, { requiredKeys: [] }) as fc.Arbitrary<Record<string, unknown>>;
const inputs = fc.tuple(...names.map(inputOf)).map((all) => all as ModelInput[]);

/** What the checks with messages make of it. */
const checked = (all: readonly ModelInput[], fields: Record<string, unknown>, stored?: Record<string, unknown>) => {
  checkAsked(all.filter(isAsked), fields);
  const given = all.filter((input) => !isAsked(input));
  const isComplete = checkBrought(given, fields);
  if (!(isComplete || stored)) throw new Error('something must be looked up');
  return featureRow(all, fields, (stored ?? {}) as Record<string, never>);
};

describe('the plan of a row', () => {
  it('takes what the checks take and makes the same of it, or leaves it to them', () => {
    let taken = 0;
    fc.assert(
      fc.property(inputs, some, fc.option(some, { nil: undefined }), (all, fields, stored) => {
        const found = rowPlan({ inputs: all }).take(fields, stored as Record<string, never>);
        if (!found) return;
        taken += 1;
        const { used, row } = checked(all, fields, stored);
        expect(found.used).toEqual(used);
        expect(found.row).toEqual(row);
        expect(found.brought).toEqual(names.filter((name) => Object.hasOwn(fields, name)));
      }),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(20);
  });

  it('takes plain requests by itself', () => {
    const plan = rowPlan({
      inputs: [
        { name: 'age', type: 'number', declared: 'integer', required: true, minimum: 0, maximum: 130 },
        { name: 'plan', type: 'string', declared: 'string', values: ['free', 'paid'] },
        { name: 'amount', type: 'number', source: 'request', declared: 'number' },
        { name: 'old', type: 'number' },
      ],
    });
    expect(plan.take({ age: 31, plan: 'paid', amount: 1.5, old: null })).toMatchObject({
      used: { age: 31, plan: 'paid', amount: 1.5, old: null },
      row: [31, 'paid', 1.5, Number.NaN],
      brought: ['age', 'plan', 'amount', 'old'],
    });
    expect(plan.take({ plan: null, amount: 1 }, { age: 7, old: 2 })).toMatchObject({
      row: [7, '', 1, 2],
      brought: ['plan', 'amount'],
    });
    expect(plan.take({ plan: null, amount: 1 })).toBeUndefined();
    expect(plan.take({ age: 31.5, plan: 'paid', amount: 1.5, old: 1 })).toBeUndefined();
  });

  it('leaves features that are computed outside of the graph to others', () => {
    const onDemand = { requestFields: [], stored: [], features: [] };
    expect(rowPlan({ inputs: [{ name: 'a', type: 'number' }], onDemand }).take({ a: 1 })).toBeUndefined();
  });
});
