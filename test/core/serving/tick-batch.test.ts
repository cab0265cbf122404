import { describe, expect, it } from '@jest/globals';
import { tickBatch } from '#core/serving/index.ts';

const recorded = (most = 1_000) => {
  const runs: number[][] = [];
  const run = async (items: readonly number[]) => {
    runs.push([...items]);
    if (items.includes(13)) throw new Error('thirteen');
    return items.map((n) => n * 2);
  };
  return { runs, double: tickBatch<number, number>({ run, afterThisTurn: setImmediate, most }) };
};

describe('tick batching', () => {
  it('joins what one turn brings into one run, each answer to its asker', async () => {
    const { runs, double } = recorded();
    expect(await Promise.all([3, 1, 2].map(double))).toEqual([6, 2, 4]);
    expect(runs).toEqual([[3, 1, 2]]);
  });

  it('starts anew with the next turn', async () => {
    const { runs, double } = recorded();
    await double(1);
    await double(2);
    expect(runs).toEqual([[1], [2]]);
  });

  it('cuts a turn that brings more than a run may hold', async () => {
    const { runs, double } = recorded(2);
    expect(await Promise.all([1, 2, 3, 4, 5].map(double))).toEqual([2, 4, 6, 8, 10]);
    expect(runs).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('tells a failure to all of its run and to no other', async () => {
    const { double } = recorded(2);
    const settled = await Promise.allSettled([1, 13, 3].map(double));
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });
});
