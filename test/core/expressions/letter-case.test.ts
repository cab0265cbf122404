import { describe, expect, it } from '@jest/globals';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { lower, upper } from '#core/expressions/letter-case.ts';

// Letters of Unicode 16 and later, which this engine does not know and a newer JavaScript may.
const NEWER: readonly (readonly [number, number])[] = [
  [0x1c89, 0x1c8a],
  [0xa7cb, 0xa7dc],
  [0x19b, 0x19b],
  [0x264, 0x264],
  [0x10d50, 0x10d85],
  [0x16ea0, 0x16ed3],
];
const isNewer = (point: number): boolean => NEWER.some(([from, to]) => point >= from && point <= to);

describe('upper, lower and trim', () => {
  it('give what the engine gives for every letter there is', async () => {
    const rows = await duckDbEngine().open((tables) =>
      tables.rows(`SELECT i, 'x' || upper(chr(i::INT)) AS u, 'x' || lower(chr(i::INT)) AS l, 'x' = trim('x' || chr(i::INT)) AS t
        FROM range(1, 1114112) r(i) WHERE i NOT BETWEEN 55296 AND 57343
        AND (upper(chr(i::INT)) <> chr(i::INT) OR lower(chr(i::INT)) <> chr(i::INT) OR i < 70000)`),
    );
    const other = rows.filter(({ i, u, l, t }) => {
      const letter = String.fromCodePoint(Number(i));
      const isSpace = /\p{Zs}/u.test(letter);
      return u !== `x${upper(letter)}` || l !== `x${lower(letter)}` || t !== isSpace;
    });
    expect(rows.length).toBeGreaterThan(60_000);
    expect(other.filter(({ i }) => !isNewer(Number(i)))).toEqual([]);
  });
});
