import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { type SplitPlan, splitColumn, splitCounts, splitQuery } from '#core/training/data-set/index.ts';

const plan: SplitPlan = {
  key: 'id',
  problem: 'binary-classification',
  inputs: [{ name: 'age', type: 'number' }],
  label: { name: 'y', positive: 1 },
  shares: { train: 0.6, validation: 0.2, test: 0.2 },
  seed: 42,
};
interface Entity {
  readonly id: string;
  readonly y: number;
}
const values = (rows: readonly Entity[]) => rows.map(({ id, y }) => `('${id}', ${y}, 30)`).join(', ');
const table = (rows: readonly Entity[]) =>
  `CREATE OR REPLACE TABLE features AS SELECT * FROM (VALUES ${values(rows)}) AS t(id, y, age)`;

/** Split of every key, for each of the row lists. */
const splitAll = (lists: readonly (readonly Entity[])[], how: SplitPlan = plan): Promise<Map<string, string>[]> =>
  duckDbEngine().open(async (tables) => {
    const found: Map<string, string>[] = [];
    for (const rows of lists) {
      await tables.run(table(rows));
      const answer = await tables.rows(splitQuery(how));
      found.push(new Map(answer.map((row) => [String(row.id), String(row.split)])));
    }
    return found;
  });

const id = fc.string({ unit: fc.constantFrom(...'abcdefgh0123456789'), minLength: 1, maxLength: 12 });
const entities = fc.uniqueArray(fc.record({ id, y: fc.constantFrom(0, 1, 2) }), {
  selector: (e) => e.id,
  minLength: 1,
  maxLength: 60,
});
const share = fc.integer({ min: 1, max: 8 });
const shares = fc.tuple(share, share).map(([a, b]) => ({ train: a / 20, validation: b / 20, test: (20 - a - b) / 20 }));
/** Values of the label whose rows are cut alike: without a class all are. */
const strata = [
  { problem: 'binary-classification', groups: [[0, 2], [1]] },
  { problem: 'multiclass-classification', groups: [[0], [1], [2]] },
  { problem: 'regression', groups: [[0, 1, 2]] },
] as const;
const countOf = (splits: Map<string, string>, keys: readonly string[], split: string) =>
  keys.filter((key) => splits.get(key) === split).length;

describe('laws of the split', () => {
  it('order of the rows, other columns and repetition do not matter', () =>
    fc.assert(
      fc.asyncProperty(entities, async (rows) => {
        const [once, again] = await splitAll([rows, [...rows].reverse()]);
        expect([...(again ?? [])].sort()).toEqual([...(once ?? [])].sort());
      }),
      { numRuns: 15 },
    ));

  it.each(strata)('of $problem: a change in one class leaves the split of the others as it is', ({ problem, groups }) =>
    fc.assert(
      fc.asyncProperty(entities, fc.constantFrom(...groups), async (rows, group) => {
        const some = rows.filter((row) => (group as readonly number[]).includes(row.y));
        fc.pre(some.length > 0);
        const [all, alone] = await splitAll([rows, some], { ...plan, problem });
        for (const { id: key } of some) expect(alone?.get(key)).toBe(all?.get(key));
      }),
      { numRuns: 15 },
    ),
  );

  it.each(strata)('of $problem: every share of every class is right within one row', ({ problem, groups }) =>
    fc.assert(
      fc.asyncProperty(entities, shares, async (rows, wanted) => {
        const [splits] = await splitAll([rows], { ...plan, problem, shares: wanted });
        for (const group of groups as readonly (readonly number[])[]) {
          const keys = rows.filter((row) => group.includes(row.y)).map((row) => row.id);
          for (const name of ['train', 'validation', 'test'] as const) {
            const got = countOf(splits ?? new Map(), keys, name);
            expect(Math.abs(got - keys.length * wanted[name])).toBeLessThanOrEqual(1);
            expect(got).toBe(splitCounts(keys.length, wanted)[name]);
          }
        }
      }),
      { numRuns: 20 },
    ),
  );

  it('another seed makes another split', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => ({ id: `c${i}`, y: i % 2 }));
    const [first] = await splitAll([rows]);
    const [second] = await splitAll([rows], { ...plan, seed: 43 });
    expect(second).not.toEqual(first);
  });

  it('takes another name for its column when a feature has it', () => {
    const inputs = [{ name: 'split', type: 'number' as const }];
    expect([splitColumn(plan), splitColumn({ ...plan, inputs })]).toEqual(['split', 'split_']);
    expect(splitColumn({ ...plan, inputs, beside: [{ name: 'split_', type: 'string' }] })).toBe('split__');
  });
});
