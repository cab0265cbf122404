import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeTime } from 'ulid';
import { monotonicUlid } from '#adapters/system/monotonic-ulid.ts';

const filled = (byte: number) => (bytes: Uint8Array) => bytes.fill(byte);

describe('ULIDs', () => {
  it('grow with every call, whatever the clock does, and tell the time of a clock that goes on', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 200 }), fc.nat(255), (steps, byte) => {
        let now = 0;
        const next = monotonicUlid(() => now, filled(byte));
        let newest = 0;
        const ids = steps.map((step, n) => {
          now = 1_700_000_000_000 + (n % 7 === 6 ? -step : step);
          newest = Math.max(newest, now);
          const id = next();
          expect(decodeTime(id)).toBe(newest);
          return id;
        });
        for (const id of ids) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
        expect([...new Set(ids)].sort()).toEqual(ids);
      }),
    );
  });

  it('go on into the next millisecond when one is used up', () => {
    const next = monotonicUlid(() => 5, filled(255));
    // The count begins in the lower half.
    const ids = Array.from({ length: 32 ** 4 / 2 + 5 }, next);
    expect(new Set(ids).size).toBe(ids.length);
    expect(decodeTime(ids[0] ?? '')).toBe(5);
    const last = ids.slice(-10);
    expect(new Set(last.map((id) => decodeTime(id)))).toEqual(new Set([5, 6]));
    expect([...last].sort()).toEqual(last);
  });
});
