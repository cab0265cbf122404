import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  callsOf,
  countLines,
  linesOf,
  MOST_LINE_CHARACTERS,
  packetsOf,
  withinLimit,
} from '#core/serving/ledger/packets.ts';
import { line } from './some-records.ts';

describe('packets', () => {
  it('keep every line, in order, within what one record and one call of the stream may hold', () => {
    const widths = fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300_000 })));
    fc.assert(
      fc.property(widths, (lengths) => {
        const lines = lengths.map((length, n) => `${String(n % 10).repeat(length)}\n`);
        const calls = callsOf(packetsOf(lines.join('')));
        expect(linesOf(calls.flat().join(''))).toEqual(lines);
        expect(countLines(calls.flat())).toBe(lines.length);
        for (const call of calls) {
          expect(call.reduce((sum, packet) => sum + packet.length, 0)).toBeLessThanOrEqual(1_300_000);
          for (const packet of call)
            expect(packet.endsWith('\n') && (packet.length <= 64_000 || countLines([packet]) === 1)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('are few: small lines share them', () => {
    const calls = callsOf(packetsOf(Array.from({ length: 1_000 }, (_, n) => line(n)).join('')));
    expect(calls).toHaveLength(1);
    expect(calls.flat().length).toBeLessThan(6);
  });

  it('shorten a line that the stream would never take, as little as does it', () => {
    const wide = { inputs: { text: 'x'.repeat(MOST_LINE_CHARACTERS) } };
    expect(JSON.parse(withinLimit(line(1, wide)) ?? '')).toMatchObject({ prediction_id: 'p-1', inputs: {} });
    const explanation = { method: 'linear' as const, of: 'value' as const, output: 'value', expected: 0, explained: 1 };
    const values = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`column_with_a_long_name_${n}`, n]));
    const short = JSON.parse(withinLimit(line(1, { explanation: { ...explanation, values } })) ?? '');
    expect([short.inputs, short.explanation]).toEqual([{ tenure: 1 }, undefined]);
    expect(withinLimit(line(2))).toBe(line(2));
    expect(withinLimit(line(1, { caller: 'x'.repeat(MOST_LINE_CHARACTERS) }))).toBeUndefined();
    expect(withinLimit('x'.repeat(MOST_LINE_CHARACTERS + 1))).toBeUndefined();
  });
});
