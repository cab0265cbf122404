/** @jest-environment #test/helpers/onnx-environment.ts */
import { describe, expect, it } from '@jest/globals';
import { compileFeeds } from '#adapters/onnx/feeds.ts';
import type { ModelInput } from '#contracts/serving-facts.ts';
import { rowsOf, sliceRows } from '#core/serving/index.ts';

const inputs: ModelInput[] = [
  { name: 'a', type: 'number', tensor: 'table' },
  { name: 'plan', type: 'string' },
  { name: 'at', type: 'number', precision: 'double' },
  { name: 'b', type: 'number', tensor: 'table' },
  { name: 'c', type: 'number' },
];
const rows = rowsOf(inputs, [
  [1, 'x', 1e300, 2, 3],
  [4, '', Number.NaN, 5, 6],
]);

describe('rows as a graph is fed with them', () => {
  it('lie side by side where they name a tensor, and each by itself where not', () => {
    const fed = compileFeeds(inputs).map(([name, feed]) => {
      const { type, dims, data } = feed(rows);
      return [name, type, [...dims], [...(data as Float32Array)]];
    });
    expect(fed).toEqual([
      ['table', 'float32', [2, 2], [1, 2, 4, 5]],
      ['plan', 'string', [2, 1], ['x', '']],
      ['at', 'float64', [2, 1], [1e300, Number.NaN]],
      ['c', 'float32', [2, 1], [3, 6]],
    ]);
  });

  it('may be a part of longer columns', () => {
    const [[, table] = []] = compileFeeds(inputs);
    expect(table?.(sliceRows(rows, 1, 2)).data).toEqual(Float32Array.of(4, 5));
    const short = { count: 1, columns: rows.columns };
    expect(compileFeeds(inputs).map(([, feed]) => feed(short).dims[0])).toEqual([1, 1, 1, 1]);
  });

  it('are refused in a type that the graph does not take', () => {
    expect(() => compileFeeds([{ name: 'a', type: 'string', tensor: 'table' }])).toThrow('a is no float32');
    const [[, feed] = []] = compileFeeds([{ name: 'a', type: 'number' }]);
    expect(() => feed?.({ count: 1, columns: [['x']] })).toThrow('rows hold a as Array');
  });
});
