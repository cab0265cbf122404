import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { joinRows, type ModelRow, rowsOf, sliceRows } from '#core/serving/index.ts';

const inputs = [{ type: 'number' }, { type: 'string' }, { type: 'number', precision: 'double' }] as const;
const row: fc.Arbitrary<ModelRow> = fc.tuple(fc.float(), fc.string(), fc.double());
const rows = fc.array(row, { maxLength: 20 });

const back = ({ count, columns }: ReturnType<typeof rowsOf>): ModelRow[] =>
  Array.from({ length: count }, (_, at) => columns.map((column) => column[at] as number | string));

describe('rows as columns', () => {
  it('hold every value in its type', () => {
    fc.assert(fc.property(rows, (all) => expect(back(rowsOf(inputs, all))).toEqual(all)));
    const [floats, texts, doubles] = rowsOf(inputs, [[1, 'a', 1e300]]).columns;
    expect([floats, texts, doubles]).toEqual([Float32Array.of(1), ['a'], Float64Array.of(1e300)]);
  });

  it('cut anywhere and joined again are the same', () => {
    fc.assert(
      fc.property(rows, fc.nat(25), fc.nat(25), (all, a, b) => {
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const whole = rowsOf(inputs, all);
        const parts = [sliceRows(whole, 0, first), sliceRows(whole, first, second), sliceRows(whole, second, 99)];
        expect(parts.map(({ count }) => count).reduce((x, y) => x + y, 0)).toBe(all.length);
        expect(back(joinRows(inputs, parts))).toEqual(all);
        expect(back(joinRows(inputs, [whole]))).toEqual(all);
      }),
    );
    expect(joinRows(inputs, []).count).toBe(0);
  });
});
