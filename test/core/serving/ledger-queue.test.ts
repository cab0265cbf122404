import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LedgerRecord } from '#contracts/serving.ts';
import { LedgerQueue } from '#core/serving/index.ts';
import { packLines, toLine } from '#core/serving/ledger-lines.ts';

const record = (n: number, change: Partial<LedgerRecord> = {}): LedgerRecord => ({
  prediction_id: `p-${n}`,
  time: '2026-01-01T00:00:00.000Z',
  caller: 'c',
  request_id: 'r',
  model_name: 'churn',
  model_version: '1',
  variant: 'stable',
  entity_id: 'e',
  inputs: {},
  probability: 0.5,
  prediction: 'stays',
  latency_ms: 1,
  ...change,
});

const world = () => {
  const taken: string[] = [];
  const disk: string[][] = [];
  const notices: string[] = [];
  const state = { nowMs: 0, stream: 'up' as 'up' | 'away' | 'hangs' | 'half', isDiskFull: false };
  const queue = new LedgerQueue({
    stream: {
      put: async (packets) => {
        if (state.stream === 'away') throw new Error('away');
        if (state.stream === 'hangs') return new Promise(() => {});
        const left = state.stream === 'half' ? packets.filter((_, n) => n % 2 === 0) : [];
        taken.push(...packets.filter((packet) => !left.includes(packet)).flatMap((p) => p.trimEnd().split('\n')));
        return left;
      },
    },
    spool: {
      append: async (lines) => {
        if (state.isDiskFull) throw new Error('no space');
        disk.push([...lines]);
      },
      oldest: async () => disk[0] && { lines: disk[0], remove: async () => void disk.shift() },
    },
    stopwatch: { ms: () => state.nowMs },
    random: () => 0.5,
    notice: (what) => notices.push(what),
  });
  return { taken, disk, notices, state, queue };
};

const idsIn = (lines: readonly string[]): string[] => lines.map((line) => JSON.parse(line).prediction_id);

describe('the ledger queue', () => {
  it('sends what waits in order, each once', async () => {
    const { queue, taken } = world();
    for (let n = 0; n < 1_200; n += 1) queue.add(record(n));
    await queue.flush();
    await queue.flush();
    expect(idsIn(taken)).toEqual(Array.from({ length: 1_200 }, (_, n) => `p-${n}`));
    expect(queue.waiting()).toBe(0);
  });

  it('wakes by itself at 500 records', async () => {
    const { queue, taken } = world();
    for (let n = 0; n < 500; n += 1) queue.add(record(n));
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(taken).toHaveLength(500);
  });

  it('waits longer after each failure, and goes to disk after three', async () => {
    const { queue, state, disk, notices } = world();
    state.stream = 'away';
    queue.add(record(1));
    for (const nowMs of [0, 700, 800, 2_200, 2_300]) {
      state.nowMs = nowMs;
      await queue.flush();
      // 0.75 s after the first failure, 1.5 s after the second.
      expect(disk).toHaveLength(nowMs === 2_300 ? 1 : 0);
    }
    expect(notices).toEqual(['ledger stream does not take records']);
  });

  it('sends what is on disk once the stream is back, also when nothing new comes', async () => {
    const { queue, state, disk, taken } = world();
    state.stream = 'away';
    queue.add(record(1));
    for (state.nowMs = 0; disk.length === 0; state.nowMs += 10_000) await queue.flush();
    state.stream = 'up';
    state.nowMs += 60_000;
    await queue.flush();
    expect(idsIn(taken)).toEqual(['p-1']);
    expect(disk).toHaveLength(0);
  });

  it('keeps a long outage on disk, not in memory', async () => {
    const { queue, state, disk } = world();
    state.stream = 'away';
    for (let n = 0; n < 12_000; n += 1) {
      queue.add(record(n));
      if (n % 1_000 === 0) await queue.flush();
    }
    await queue.flush();
    expect(queue.waiting()).toBeLessThan(5_001);
    expect(disk.flat().length + queue.waiting()).toBe(12_000);
  });

  it('keeps the newest records when the disk is full too, and says how many are lost', async () => {
    const { queue, state, notices } = world();
    state.stream = 'away';
    state.isDiskFull = true;
    for (let n = 0; n < 50_010; n += 1) queue.add(record(n));
    for (let round = 0; round < 5; round += 1, state.nowMs += 60_000) await queue.flush();
    expect(queue.waiting()).toBe(50_000);
    expect(notices).toContain('ledger records lost');
  });

  it('gives a stream that hangs up, and keeps on disk what it was asked to take', async () => {
    const { queue, state, disk } = world();
    state.stream = 'hangs';
    queue.add(record(1));
    void queue.flush();
    queue.add(record(2));
    await queue.drain(new Promise((resolve) => setTimeout(resolve, 5)));
    expect(idsIn(disk.flat())).toEqual(['p-1', 'p-2']);
  });

  it('loses and doubles nothing, however the stream behaves', async () => {
    const step = fc.record({
      records: fc.integer({ min: 0, max: 400 }),
      stream: fc.constantFrom('up', 'away', 'half'),
      waitMs: fc.integer({ min: 0, max: 5_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { queue, state, taken, disk } = world();
        let made = 0;
        for (const { records, stream, waitMs } of steps) {
          state.stream = stream as 'up';
          for (let n = 0; n < records; n += 1) queue.add(record(made++));
          state.nowMs += waitMs;
          await queue.flush();
        }
        state.stream = 'up';
        await queue.drain(new Promise(() => {}));
        expect(disk).toHaveLength(0);
        expect(idsIn(taken).sort()).toEqual(Array.from({ length: made }, (_, n) => `p-${n}`).sort());
      }),
      { numRuns: 50 },
    );
  });
});

describe('ledger lines', () => {
  it('are packed whole, in order, below the limits of the stream', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3_000 }), { maxLength: 200 }), (texts) => {
        const lines = texts.map((entity_id, n) => toLine(record(n, { entity_id })));
        const packets = packLines(lines);
        expect(packets.join('')).toBe(lines.join(''));
        for (const packet of packets) {
          expect(packet.length).toBeLessThanOrEqual(64_000);
          expect(packet.endsWith('\n')).toBe(true);
        }
      }),
    );
  });

  it('drop the inputs rather than grow beyond what a stream takes', () => {
    const line = toLine(record(1, { inputs: { note: 'x'.repeat(70_000) } }));
    expect(line.length).toBeLessThan(64_000);
    expect(JSON.parse(line)).toMatchObject({ prediction_id: 'p-1', inputs: {} });
  });
});
