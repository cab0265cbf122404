import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import type { ColumnProfile, DatasetManifest } from '#contracts/datasets.ts';
import { diffManifests, profile } from '#core/features/index.ts';
import { someManifest } from './some-manifest.ts';

const made = (select: string, digit = '1'): Promise<DatasetManifest> =>
  duckDbEngine().open(async (tables) => ({ ...someManifest(digit), ...(await profile(tables, select)) }));
const changes = async (from: string, to: string): Promise<Record<string, number | undefined>> =>
  Object.fromEntries(diffManifests(await made(from), await made(to)).columns.map(({ name, change }) => [name, change]));

describe('the difference of two data sets', () => {
  it('names columns that came, went and changed their type', async () => {
    const from = await made("SELECT 1 AS id, 'x' AS gone, 1 AS n");
    const { schema, rowCount } = diffManifests(from, await made('SELECT 1 AS id, 1.5::DOUBLE AS n, true AS fresh'));
    expect(schema).toEqual({
      added: [{ name: 'fresh', type: 'BOOLEAN' }],
      removed: [{ name: 'gone', type: 'VARCHAR' }],
      changed: [{ name: 'n', from: 'INTEGER', to: 'DOUBLE' }],
    });
    expect(rowCount).toEqual({ from: 1, to: 1 });
  });

  it('puts the column that moved most first, with its shares, extremes and index', async () => {
    const base =
      "SELECT i AS same, i AS moved, CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END AS city FROM range(2000) t(i)";
    const later =
      "SELECT i AS same, CASE WHEN i >= 1000 THEN i + 1000 END AS moved, CASE WHEN i % 4 = 0 THEN 'a' ELSE 'b' END AS city FROM range(2000) t(i)";
    const { columns } = diffManifests(await made(base), await made(later));
    expect(columns.map(({ name }) => name)).toEqual(['moved', 'city', 'same']);
    expect(columns[0]).toMatchObject({
      nullShare: { from: 0, to: 0.5 },
      distinct: { from: 2000, to: 1000 },
      min: { from: 0, to: 2000 },
      max: { from: 1999, to: 2999 },
      change: 1,
    });
    expect(columns[1]!.psi).toBeCloseTo(0.25 * Math.log(2) + 0.25 * Math.log(1.5), 6);
    expect(columns[2]).toMatchObject({ change: 0, psi: 0 });
  });

  it('sees little between two samples of the same, and much between others', async () => {
    const sample = (seed: number, shift: number) =>
      `SELECT sin(i * ${seed}.7) * 10 + ${shift} AS x, CASE WHEN hash(i + ${seed}) % 3 = 0 THEN 0 ELSE (hash(i * ${seed}) % 40)::INT END AS n FROM range(5000) t(i)`;
    const same = await changes(sample(1, 0), sample(3, 0));
    const moved = await changes(sample(1, 0), sample(3, 5));
    expect([same.x! < 0.01, same.n! < 0.01, moved.x! > 0.05]).toEqual([true, true, true]);
  });

  it('says nothing of the values where it cannot', async () => {
    expect(await changes('SELECT 1 AS x', "SELECT 'a' AS x")).toEqual({ x: undefined });
    expect(await changes('SELECT 1 AS x WHERE false', 'SELECT 1 AS x')).toEqual({ x: undefined });
    const old = await made('SELECT 1 AS x');
    const bare = { ...old, columns: old.columns.map(({ sketch: _, ...column }): ColumnProfile => column) };
    expect(diffManifests(bare, old).columns[0]).not.toHaveProperty('change');
  });

  it('is nothing from a data set to itself, and as large in both directions for texts', async () => {
    const counts = fc
      .array(fc.integer({ min: 0, max: 30 }), { minLength: 3, maxLength: 3 })
      .filter((c) => Math.max(...c) > 1);
    const withCounts = ([a = 0, b = 0, nulls = 0]: number[]): DatasetManifest => {
      const top = [
        { value: 'a', count: a },
        { value: 'b', count: b },
      ];
      const column = { name: 'x', type: 'VARCHAR', nulls, distinct: 2, min: 'a', max: 'b' };
      const sketch = { kind: 'values' as const, top, others: 0 };
      return { ...someManifest('1'), rowCount: a + b + nulls, columns: [{ ...column, sketch }] };
    };
    fc.assert(
      fc.property(counts, counts, (one, other) => {
        const [a, b] = [withCounts(one), withCounts(other)];
        const between = diffManifests(a, b).columns[0]!.change!;
        expect(diffManifests(a, a).columns[0]).toMatchObject({ change: 0, psi: 0 });
        expect(between).toBeCloseTo(diffManifests(b, a).columns[0]!.change!, 10);
        expect(between).toBeGreaterThanOrEqual(0);
        expect(between).toBeLessThanOrEqual(1);
      }),
    );
  });
});
