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

  it('fail with the error of one that failed ahead while another was slow, and it goes nowhere else', async () => {
    async function* failing() {
      yield [1];
      throw new Error('throttled');
    }
    async function* slow() {
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      yield [2];
    }
    await expect(collected(mergeSorted([failing(), slow()], ascending))).rejects.toThrow('throttled');
  });

  it('are read some at a time when there are many', async () => {
    let [reading, most] = [0, 0];
    async function* source(first: number) {
      for (let i = 0; i < 3; i++) {
        reading += 1;
        most = Math.max(most, reading);
        await new Promise((resolve) => setImmediate(resolve));
        reading -= 1;
        yield [first + i];
      }
    }
    const merged = await collected(
      mergeSorted(
        Array.from({ length: 300 }, (_, i) => source(i)),
        ascending,
      ),
    );
    expect(merged).toHaveLength(900);
    expect(merged).toEqual(merged.toSorted(ascending));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(32);
  });
});
