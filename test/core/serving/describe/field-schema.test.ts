import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import type { FeatureType } from '#contracts/feature-views.ts';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { fieldSchema } from '#core/serving/describe/field-schema.ts';
import { requestFields } from '#core/serving/describe/fields.ts';
import { checkBrought } from '#core/serving/feature-row.ts';
import { modelFields } from '#core/serving/model-fields.ts';

const factsOf = (...inputs: object[]): ServingFacts =>
  ServingFacts.parse({
    ...{ format: 2, project: 'houses', runId: 'r', problem: 'regression', scoresOutput: 'p', entityKey: 'id' },
    ...{ inputs, classes: [], onnxSha256: 'x', goldenRows: [], referencePredictions: [] },
  });
const keys = { stickyKey: 'id', allowed: new Set(['id', 'x']), isStored: true };

const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 1 });
const types: readonly FeatureType[] = ['number', 'integer', 'boolean', 'string', 'timestamp'];
const listed: Partial<Record<FeatureType, fc.Arbitrary<(string | number | boolean)[]>>> = {
  number: fc.constant([0, 1, 2.5]),
  boolean: fc.constant([true]),
  string: fc.constant(['a', 'b']),
};
const hasOrder = (type: FeatureType): boolean => type !== 'string' && type !== 'boolean';

/** An input as training writes it, or as it did before declared types travelled. */
const input = fc.constantFrom(...types).chain((type) =>
  fc
    .record({
      source: optional(fc.constant('request')),
      precision: optional(fc.constantFrom('float', 'double')),
      declared: optional(fc.constant(type)),
      required: optional(fc.boolean()),
      ...(hasOrder(type) && { minimum: optional(fc.constant(0)), maximum: optional(fc.constant(3)) }),
      ...(listed[type] && { values: optional(listed[type]) }),
    })
    .map((made) => {
      const bare = made.declared === undefined ? { source: made.source, precision: made.precision } : made;
      return { name: 'x', type: type === 'string' ? 'string' : 'number', ...JSON.parse(JSON.stringify(bare)) };
    }),
);
const value = fc.constantFrom<unknown>(null, true, false, 0, 1, 2, 2.5, -1, 5, 1e39, 'a', 'c', [], {});

/** To read a schema takes longer than all else. */
const known = new Map<string, z.ZodType>();
const validator = (schema: string): z.ZodType => {
  const found = known.get(schema) ?? z.fromJSONSchema(JSON.parse(schema));
  known.set(schema, found);
  return found;
};

const accepts = (facts: ServingFacts, x: unknown): boolean => {
  const { given, checkAsked } = modelFields(facts);
  try {
    checkAsked({ x });
    return checkBrought(given, { x });
  } catch {
    return false;
  }
};

describe('the schema of a field', () => {
  it('takes what the fleet takes, and nothing else', () => {
    fc.assert(
      fc.property(input, value, (one, x) => {
        const facts = factsOf(one);
        const field = requestFields(facts, keys).find(({ name }) => name === 'x');
        const schema = fieldSchema(field!);
        // Which texts are times no schema says.
        fc.pre(!(one.declared === 'timestamp' && typeof x === 'string'));
        const told = validator(JSON.stringify(schema)).safeParse(x).success;
        expect({ one, x, schema, told }).toEqual({ one, x, schema, told: accepts(facts, x) });
      }),
      { numRuns: 2_000 },
    );
  });

  it('tells apart what must be sent and what may be null', () => {
    const contract = { type: 'number', declared: 'number' };
    const facts = factsOf(
      { ...contract, name: 'area', required: true },
      { ...contract, name: 'rooms' },
      { ...contract, name: 'discount', source: 'request' },
      { ...contract, name: 'asked', source: 'request', required: true },
    );
    const allowed = new Set(facts.inputs.map(({ name }) => name));
    const told = requestFields(facts, { ...keys, allowed }).map(({ name, required, nullable }) => [
      name,
      required,
      nullable,
    ]);
    expect(told).toEqual([
      ['id', true, false],
      ['discount', true, true],
      ['asked', true, false],
      ['area', false, false],
      ['rooms', false, true],
    ]);
  });
});
