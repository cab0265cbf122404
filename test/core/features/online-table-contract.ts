import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type OnlineRow, onlineKey } from '#contracts/online.ts';
import type { OnlineTable } from '#core/features/index.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';

export async function* inBatches(...batches: OnlineRow[][]): AsyncGenerator<OnlineRow[]> {
  yield* batches;
}

export const day = (n: number): string => new Date(Date.UTC(2026, 0, n)).toISOString();
export const keyOf = (entity: string): string => onlineKey('churn', { customer_id: entity });
const EXPIRES = 1_900_000_000;

/** Values of day n, which became known on the same day. */
export const row = (entity: string, view: string, n: number, change: Partial<OnlineRow> = {}): OnlineRow => ({
  pk: keyOf(entity),
  view,
  values: { x: n },
  eventTime: day(n),
  createdTime: day(n),
  expiresAt: EXPIRES + n,
  ...change,
});

interface Move {
  readonly view: string;
  readonly event: number;
  readonly created: number;
  readonly forEver: boolean;
}
const move = (): fc.Arbitrary<Move> =>
  fc.record({
    view: fc.constantFrom('a', 'b-view', 'c_view'),
    event: fc.integer({ min: 1, max: 5 }),
    created: fc.integer({ min: 1, max: 3 }),
    forEver: fc.boolean(),
  });

/** Equal times bring equal values: which of two different ones wins is nobody's promise. */
const rowOf = (entity: string, { view, event, created, forEver }: Move): OnlineRow => {
  const { expiresAt, ...rest } = row(entity, view, event, { createdTime: day(created), values: { x: event, created } });
  return forEver && event % 2 === 0 ? rest : { ...rest, expiresAt: (expiresAt ?? 0) - created };
};
const order = (r: OnlineRow): string => `${r.eventTime} ${r.createdTime}`;
const newest = (rows: readonly OnlineRow[]): Record<string, string> => {
  const best: Record<string, string> = {};
  for (const r of rows) best[r.view] = [best[r.view] ?? '', order(r)].sort().at(-1) ?? '';
  return best;
};

/** What every OnlineTable keeps. */
export const onlineTableContract = (name: string, make: () => Promise<OnlineTable>): void => {
  describe(`OnlineTable on ${name}`, () => {
    let table: OnlineTable;
    beforeAll(async () => {
      table = await make();
    }, EMULATOR_START_MS);
    const put = (...rows: OnlineRow[]) => table.putNewer(inBatches(rows));
    const viewsOf = async (entity: string) => (await table.read([keyOf(entity)])).get(keyOf(entity))?.views;

    it('has nothing of an entity that nobody wrote, and of no keys at all', async () => {
      await put(row('somebody', 'a', 1));
      expect(await table.read([keyOf('nobody')])).toEqual(new Map());
      expect([...(await table.read([keyOf('nobody'), keyOf('somebody')])).keys()]).toEqual([keyOf('somebody')]);
      expect(await table.read([])).toEqual(new Map());
    });

    it('keeps numbers, text, booleans and missing values as they are', async () => {
      const values = { n: 1.25, big: 2 ** 53 - 1, none: null, s: 'ü"\u2028', yes: true, zero: 0, empty: '' };
      const { pk, view, ...rest } = row('types', 'a', 1, { values });
      expect(await put({ pk, view, ...rest })).toEqual({ written: 1, skippedOlder: 0 });
      expect(await viewsOf('types')).toEqual({ a: rest });
    });

    it('keeps values that hold for ever, and those that no longer do', async () => {
      const { expiresAt, ...forEver } = row('ever', 'a', 1);
      await put(forEver);
      await put(row('ever', 'b', 1));
      expect((await viewsOf('ever'))?.a).not.toHaveProperty('expiresAt');
      await put(row('ever', 'a', 2));
      expect(await viewsOf('ever')).toMatchObject({ a: { expiresAt: EXPIRES + 2 }, b: { expiresAt: EXPIRES + 1 } });
      expect(expiresAt).toBe(EXPIRES + 1);
    });

    it('leaves the other views of an item as they are, also one named as a key', async () => {
      await put(row('views', 'a', 5), row('views', 'pk', 3));
      expect(await put(row('views', 'pk', 4), row('views', 'a', 4))).toEqual({ written: 1, skippedOlder: 1 });
      expect(await viewsOf('views')).toMatchObject({ a: { values: { x: 5 } }, pk: { values: { x: 4 } } });
    });

    it('reads the asked views alone, and the same key once', async () => {
      await put(row('asked', 'a', 1), row('asked', 'b', 2), row('asked2', 'b', 2));
      const options = { views: ['b', 'none'], consistent: true };
      const keys = [keyOf('asked'), keyOf('asked2'), keyOf('asked')];
      const found = await table.read(keys, options);
      expect([...found.values()].map(({ views }) => Object.keys(views))).toEqual([['b'], ['b']]);
      const [one] = (await table.read(keys.slice(0, 1), { views: ['a'] })).values();
      expect(Object.keys(one?.views ?? {})).toEqual(['a']);
      const [nothing] = (await table.read(keys.slice(0, 1), { views: ['none'] })).values();
      expect(nothing?.views).toEqual({});
    });

    it('takes the newest of a key that comes many times at once', async () => {
      const days = Array.from({ length: 300 }, (_, i) => (i % 28) + 1);
      const result = await put(...days.map((n) => row('hot', 'a', n)));
      expect(result.written + result.skippedOlder).toBe(300);
      expect((await viewsOf('hot'))?.a?.values).toEqual({ x: 28 });
    });

    it('counts right over many batches of which some are older', async () => {
      const entities = Array.from({ length: 1_050 }, (_, i) => `m${i}`);
      await put(...entities.filter((_, i) => i % 7 === 0).map((e) => row(e, 'a', 9)));
      const days = entities.map((e) => row(e, 'a', 8));
      const result = await table.putNewer(inBatches(days.slice(0, 333), days.slice(333)));
      expect(result).toEqual({ written: 900, skippedOlder: 150 });
      const found = await table.read(entities.map(keyOf));
      expect(found.size).toBe(1_050);
      expect(found.get(keyOf('m7'))?.views.a?.values).toEqual({ x: 9 });
      expect(found.get(keyOf('m8'))?.views.a?.values).toEqual({ x: 8 });
    }, 60_000);

    it('ends with the newest of every view, whatever the order, the batches and the repetitions', async () => {
      let series = 0;
      const moves = fc.array(fc.array(move(), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(moves, async (batches) => {
          const entity = `series-${series++}`;
          const rows = batches.map((batch) => batch.map((one) => rowOf(entity, one)));
          let handled = 0;
          for (const batch of rows) {
            const { written, skippedOlder } = await put(...batch);
            handled += written + skippedOlder;
          }
          expect(handled).toBe(rows.flat().length);
          const views = Object.entries((await viewsOf(entity)) ?? {});
          const times = views.map(([view, v]) => [view, `${v.eventTime} ${v.createdTime}`] as const);
          expect(Object.fromEntries(times)).toEqual(newest(rows.flat()));
          const before = await viewsOf(entity);
          await put(...rows.flat().filter((r) => order(r) < (newest(rows.flat())[r.view] ?? '')));
          expect(await viewsOf(entity)).toEqual(before);
        }),
        { numRuns: 25 },
      );
    }, 60_000);

    it('ends with the newest of every view when writers race', async () => {
      const days = [3, 9, 1, 7, 5, 8, 2];
      const results = await Promise.all(days.map((n) => put(row('race', 'a', n), row('race', 'b', 10 - n))));
      const views = await viewsOf('race');
      expect(views?.a?.eventTime).toBe(day(9));
      expect(views?.b?.eventTime).toBe(day(9));
      expect(results.every(({ written, skippedOlder }) => written + skippedOlder === 2)).toBe(true);
    }, 60_000);
  });
};
