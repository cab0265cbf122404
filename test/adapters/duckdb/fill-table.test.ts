import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';

const engine = duckDbEngine();
const text = fc.option(fc.string({ unit: 'binary' }).map((one) => one.replaceAll('\0', '')));
const number = fc.oneof(fc.double({ noDefaultInfinity: true }), fc.integer());

describe('a table filled with columns', () => {
  it('gives back what was put in, whatever the number of rows: NaN and null are missing', async () => {
    const rows = fc.array(fc.tuple(text, number), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 120 }), async (some, times) => {
        const all = Array.from({ length: times }, () => some).flat();
        const numbers = Float64Array.from(all, ([, value]) => value);
        const columns = await engine.open(async (tables) => {
          await tables.fill('made "here"', [
            { name: 'a "text"', values: all.map(([value]) => value) },
            { name: 'number', values: numbers },
          ]);
          return tables.columns('FROM "made ""here"""');
        });
        expect(columns['a "text"']?.values).toEqual(all.map(([value]) => value));
        expect(columns.number?.values).toEqual(numbers);
      }),
      { numRuns: 20 },
    );
  });
});
