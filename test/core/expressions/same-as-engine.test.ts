import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Values } from '#core/expressions/index.ts';
import type { Cell } from '#core/features/ports.ts';
import { expressionsOf, someRow } from './arbitraries.ts';
import { engineAnswers, ourAnswer, withRows } from './engine-world.ts';

const rows = fc.array(someRow, { minLength: 15, maxLength: 15 });
const texts = (of: fc.Arbitrary<string>) => fc.array(of, { minLength: 100, maxLength: 100 });
const { number, integer, boolean, string, timestamp } = expressionsOf(2);
const anything = fc.oneof(number, integer, boolean, string, timestamp);

interface Difference {
  readonly text: string;
  readonly row: Values;
  readonly ours: Cell;
  readonly theirs: Cell | undefined;
}

/** Asks both for every expression of every row. */
const differences = async (asked: string[], given: Values[], isSame: (a: Cell, b: Cell | undefined) => boolean) => {
  const answers = await withRows(given, (tables) => engineAnswers(tables, asked));
  const all = given.flatMap((row, at) =>
    asked.map((text, i): Difference => ({ text, row, ours: ourAnswer(text, row), theirs: answers[at]?.[`c${i}`] })),
  );
  return all.filter(({ ours, theirs }) => !isSame(ours, theirs));
};

const isNear = (a: Cell, b: Cell | undefined): boolean => {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'number' || typeof b !== 'number') return false;
  return Math.abs(a - b) <= 1e-13 * Math.max(1e-300, Math.abs(a));
};

describe('expressions and the engine', () => {
  it('answer alike, bit for bit, whatever the expression and the row', async () => {
    await fc.assert(
      fc.asyncProperty(texts(anything), rows, async (asked, given) => {
        expect(await differences(asked, given, Object.is)).toEqual([]);
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });

  // The last digit of these is the library's own choice: JavaScript's and C's differ in it.
  it('agree on logarithms and powers to 13 digits', async () => {
    const power = fc.oneof(
      fc.tuple(fc.constantFrom('ln', 'log10', 'exp'), number).map(([name, x]) => `${name}(${x})`),
      fc.tuple(number, number).map(([x, y]) => `pow(${x}, ${y})`),
    );
    await fc.assert(
      fc.asyncProperty(texts(power), rows, async (asked, given) => {
        expect(await differences(asked, given, isNear)).toEqual([]);
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });
});
