import { describe, expect, it } from '@jest/globals';
import { explainMark, Shipper } from '#core/serving/ledger/index.ts';
import { linesOf } from '#core/serving/ledger/packets.ts';
import type { JournalSegment } from '#core/serving/ports.ts';
import { idsIn, line, newTally } from './some-records.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);
const ids = (from: number, to: number): string[] => range(from, to).map((n) => `p-${n}`);

/** Segments as a disk has them: they outlive a shipper. */
const disk = () => {
  const files = new Map<string, readonly string[]>();
  const state = { isStuck: false, isBad: false };
  const segments = (): JournalSegment[] =>
    [...files.keys()].sort().map((name) => ({
      name,
      bytes: files.get(name)?.join('').length ?? 0,
      text: async () => {
        if (state.isBad) throw new Error('EIO');
        return (files.get(name) ?? []).join('');
      },
      keep: async (text) => void files.set(name, linesOf(text)),
      remove: async () => {
        if (state.isStuck) throw new Error('EROFS');
        files.delete(name);
      },
    }));
  return { files, state, segments };
};

const world = (plainAboveBytes = 1e9) => {
  const taken: string[] = [];
  const plains: boolean[] = [];
  const notices: string[] = [];
  const tally = newTally();
  const state = { nowMs: 0, stream: 'up' as 'up' | 'away' | 'half' | 'late' };
  const make = () =>
    new Shipper({
      stream: {
        put: async (packets) => {
          if (state.stream === 'away') throw new Error('away');
          const left = state.stream === 'half' ? packets.filter((_, n) => n % 2 === 0) : [];
          taken.push(...packets.filter((packet) => !left.includes(packet)));
          if (state.stream === 'late') throw new Error('timed out');
          return left;
        },
      },
      explainer: {
        explain: async (lines, isPlain) => {
          plains.push(isPlain());
          return [...lines];
        },
      },
      tally,
      stopwatch: { ms: () => state.nowMs },
      random: () => 1,
      notice: (what) => notices.push(what),
      plainAboveBytes,
    });
  return { taken, plains, notices, tally, state, make };
};

describe('shipping', () => {
  it('takes segments oldest first, each line once, and removes them', async () => {
    const { files, segments } = disk();
    const { taken, plains, tally, make } = world();
    files.set(
      'b',
      range(50, 100).map((n) => line(n)),
    );
    files.set(
      'a',
      range(0, 50).map((n) => line(n)),
    );
    await make().ship(segments());
    expect(idsIn(taken)).toEqual(ids(0, 100));
    expect([files.size, tally]).toEqual([0, { ...newTally(), delivered: 100 }]);
    // None asks to be explained, so none is looked at.
    expect(plains).toEqual([]);
  });

  it('keeps all while the stream is away, waiting longer each time up to half a minute, and never gives up', async () => {
    const { files, segments } = disk();
    const { taken, tally, state, notices, make } = world();
    files.set('a', [line(1)]);
    const shipper = make();
    state.stream = 'away';
    const waits: number[] = [];
    for (const _ of range(0, 9)) {
      await shipper.ship(segments());
      waits.push(shipper.waitMs());
      await shipper.ship(segments());
      state.nowMs += shipper.waitMs();
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
    expect([files.size, taken, notices.length]).toEqual([1, [], 2]);
    state.stream = 'up';
    await shipper.ship(segments());
    expect([files.size, idsIn(taken), tally.delivered, tally.lost]).toEqual([0, ['p-1'], 1, 0]);
  });

  it('sends what a stream hands back again, and only that', async () => {
    const { files, segments } = disk();
    const { taken, tally, state, make } = world();
    files.set(
      'a',
      range(0, 2_000).map((n) => line(n)),
    );
    const shipper = make();
    state.stream = 'half';
    await shipper.ship(segments());
    expect(files.get('a')?.length).toBe(2_000 - tally.delivered);
    state.stream = 'up';
    state.nowMs += shipper.waitMs();
    await shipper.ship(segments());
    expect(idsIn(taken).sort()).toEqual(ids(0, 2_000).sort());
    expect([files.size, tally]).toEqual([0, { ...newTally(), delivered: 2_000 }]);
  });

  it('repeats, and counts, what nobody knows the end of: also for a thread that died in a call', async () => {
    const { files, segments } = disk();
    const { taken, tally, state, make } = world();
    files.set(
      'a',
      range(0, 10).map((n) => line(n)),
    );
    const shipper = make();
    state.stream = 'late';
    await shipper.ship(segments());
    state.stream = 'up';
    state.nowMs += shipper.waitMs();
    await shipper.ship(segments());
    expect([taken.flatMap((text) => idsIn([text])).length, tally.repeated, tally.lost]).toEqual([20, 10, 0]);
    tally.inFlight = 4;
    files.set(
      'b',
      range(0, 6).map((n) => line(n)),
    );
    await make().ship(segments());
    expect(tally.repeated).toBe(14);
  });

  it('repeats nothing when only removing fails, and passes over a segment that cannot be read', async () => {
    const { files, segments, state: diskState } = disk();
    const { taken, make } = world();
    files.set('a', [line(1)]);
    const shipper = make();
    diskState.isStuck = true;
    await shipper.ship(segments());
    files.set('b', [line(2)]);
    await shipper.ship(segments());
    diskState.isStuck = false;
    await shipper.ship(segments());
    expect([idsIn(taken), files.size]).toEqual([['p-1', 'p-2'], 0]);
    files.set('c', [line(3)]);
    diskState.isBad = true;
    await shipper.ship(segments());
    expect(files.size).toBe(1);
  });

  it('says of a segment once that something is wrong with it, however often it is tried', async () => {
    const { files, segments, state } = disk();
    const { notices, make } = world();
    files.set('a', [line(1)]);
    state.isBad = true;
    const shipper = make();
    for (const _ of range(0, 50)) await shipper.ship(segments());
    expect(notices).toEqual(['ledger segment not read or removed']);
    state.isBad = false;
    await shipper.ship(segments());
    expect(files.size).toBe(0);
  });

  it('goes without explanations while too much waits', async () => {
    const { files, segments } = disk();
    const marked = `${line(1).trimEnd().slice(0, -1)}${explainMark('m')}\n`;
    const { plains, make } = world(marked.length * 2.5);
    for (const name of ['a', 'b', 'c', 'd']) files.set(name, [marked]);
    await make().ship(segments());
    expect(plains).toEqual([true, true, false, false]);
  });

  it('gives up only what the stream can never take, and counts it', async () => {
    const { files, segments } = disk();
    const { taken, tally, notices, make } = world();
    files.set('a', [line(1), line(2, { caller: 'x'.repeat(400_000) }), line(3)]);
    await make().ship(segments());
    expect([idsIn(taken), tally.lost, files.size]).toEqual([['p-1', 'p-3'], 1, 0]);
    expect(notices).toEqual([expect.stringContaining('lost')]);
  });
});
