import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isPlatformError } from '#core/shared/index.ts';
import { OPEN_BYTES, request, shelfWorld } from './shelf-world.ts';

const MODELS = 6;
const model = fc.integer({ min: 1, max: MODELS });
const step = fc.oneof(
  fc.record({ kind: fc.constant('ask' as const), model, isAwaited: fc.boolean() }),
  fc.record({ kind: fc.constant('many' as const), model, isAwaited: fc.boolean() }),
  fc.record({ kind: fc.constant('keep' as const), models: fc.uniqueArray(model) }),
  fc.record({ kind: fc.constant('away' as const), isAway: fc.boolean() }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const world = (budget: number, turnsOf: readonly number[]) => {
  let at = 0;
  const next = (): number => {
    at = (at + 1) % turnsOf.length;
    return turnsOf[at] ?? 0;
  };
  return shelfWorld({ mostBytes: budget * OPEN_BYTES, turnsOf: next });
};
type World = ReturnType<typeof world>;

/** An answer of another version is a wrong; a source that is away is none. */
const ask = async ({ shelf, wrongs }: World, n: number, rows: number): Promise<void> => {
  try {
    const served = await shelf.take(request(n));
    const found =
      rows === 1
        ? [await served.answer([1])]
        : await served.answerAll({ count: rows, columns: [new Float32Array(rows)] });
    for (const answer of found)
      if (!('prediction' in answer) || answer.prediction !== n) wrongs.push(`${n} answered ${JSON.stringify(answer)}`);
  } catch (error) {
    const isAway = isPlatformError(error) ? error.code === 'UNAVAILABLE' : String(error).includes('away');
    if (!isAway) wrongs.push(String(error));
  }
};

/** Does one step; what it began and nobody waits for goes under way. */
const take = (made: World, one: Step, underWay: Promise<void>[]): Promise<void> | undefined => {
  if (one.kind === 'away') made.state.away = one.isAway;
  if (one.kind === 'wait') made.state.nowMs += one.ms;
  if (one.kind === 'keep') underWay.push(made.shelf.keepOnly(one.models.map(request)));
  if (one.kind !== 'ask' && one.kind !== 'many') return undefined;
  const asked = ask(made, one.model, one.kind === 'ask' ? 1 : 700);
  underWay.push(asked);
  return one.isAwaited ? asked : undefined;
};

const run = async (made: World, steps: readonly Step[]): Promise<void> => {
  const underWay: Promise<void>[] = [];
  for (const one of steps) await take(made, one, underWay);
  await Promise.all(underWay);
};

describe('whatever is asked, kept and away, in any order', () => {
  it('no version answers for another, none is open twice or run closed, and memory is kept', async () => {
    const inputs = [
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 7 }),
      fc.array(step, { minLength: 1, maxLength: 40 }),
    ] as const;
    await fc.assert(
      fc.asyncProperty(...inputs, async (budget, turnsOf, steps) => {
        const made = world(budget, turnsOf);
        await run(made, steps);
        expect(made.wrongs).toEqual([]);
        // Nothing runs any more, so that nothing may be over the budget.
        expect(made.openNow()).toBeLessThanOrEqual(budget);
        expect(made.shelf.state().bytes).toBe(made.openNow() * OPEN_BYTES);
        expect(made.offered.size).toBe(made.openNow());
        await made.shelf.close();
        expect([made.openNow(), made.offered.size]).toEqual([0, 0]);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
