import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mergeSorted } from '#adapters/aws/merge-sorted.ts';

async function* chunksOf(rows: readonly number[], size: number): AsyncGenerator<number[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}
const collected = async (source: AsyncIterable<readonly number[]>): Promise<number[]> => {
  const all: number[] = [];
  for await (const some of source) all.push(...some);
  return all;
};
const ascending = (a: number, b: number): number => a - b;

describe('sorted sources as one', () => {
  it('come in order, none lost and none twice (law)', async () => {
    const source = fc.tuple(fc.array(fc.integer(), { maxLength: 400 }), fc.integer({ min: 1, max: 50 }));
    await fc.assert(
      fc.asyncProperty(fc.array(source, { maxLength: 6 }), async (all) => {
        const sources = all.map(([rows, size]) => chunksOf(rows.toSorted(ascending), size));
        const merged = await collected(mergeSorted(sources, ascending));
        expect(merged).toEqual(all.flatMap(([rows]) => rows).sort(ascending));
      }),
    );
  });

  it('are all ended when one fails, with its error', async () => {
    const ended: string[] = [];
    async function* endless(name: string) {
      try {
        for (let i = 0; ; i++) yield [i];
      } finally {
        ended.push(name);
      }
    }
    async function* failing() {
      yield [3];
      throw new Error('throttled');
    }
    await expect(collected(mergeSorted([endless('a'), failing(), endless('b')], ascending))).rejects.toThrow(
      'throttled',
    );
    expect(ended.sort()).toEqual(['a', 'b']);
  });

  it('are all ended when nobody asks on', async () => {
    let ended = 0;
    async function* endless() {
      try {
        for (let i = 0; ; i++) yield [i];
      } finally {
        ended += 1;
      }
    }
    for await (const some of mergeSorted([endless(), endless()], ascending)) {
      expect(some.length).toBeGreaterThan(0);
      break;
    }
    expect(ended).toBe(2);
  });
});
