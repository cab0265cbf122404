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

const timed = (mostUnderWay?: number) => {
  let ms = 0;
  const runs: (readonly string[])[] = [];
  const run = async (items: readonly string[]) => {
    runs.push(items);
    return items;
  };
  const stopwatch = { ms: () => ms };
  const options = { run, afterThisTurn: setImmediate, most: 10, stopwatch };
  const ask = tickBatch<string, string>(mostUnderWay === undefined ? options : { ...options, mostUnderWay });
  const at = (now: number): void => {
    ms = now;
  };
  return { runs, ask, at };
};

describe('deadlines and bounds of tick batching', () => {
  it('does not run what nobody waits for any more, and runs the rest of the turn', async () => {
    const { runs, ask, at } = timed();
    const asked = [ask('late', 5), ask('in time', 10), ask('patient')];
    at(10);
    const [late, ...others] = await Promise.allSettled(asked);
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'DEADLINE_EXCEEDED' } });
    expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(runs).toEqual([['in time', 'patient']]);
  });

  it('refuses what is too much at once, and takes more when some are done, late ones too', async () => {
    const { ask, at } = timed(2);
    const asked = [ask('a', 1), ask('b')];
    await expect(ask('c')).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    at(5);
    await Promise.allSettled(asked);
    expect(await Promise.all([ask('d'), ask('e')])).toEqual(['d', 'e']);
  });
});
