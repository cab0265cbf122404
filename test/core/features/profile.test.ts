import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import type { ColumnProfile, ColumnSketch } from '#contracts/datasets.ts';
import { literal, profile } from '#core/features/index.ts';
import { binEdges } from '#core/features/sketch.ts';

const profiled = (select: string) => duckDbEngine().open((tables) => profile(tables, select));
const columnOf = async (select: string): Promise<ColumnProfile> => (await profiled(select)).columns[0]!;
const sum = (counts: readonly number[]): number => counts.reduce((all, n) => all + n, 0);
const totalOf = (sketch: ColumnSketch): number =>
  sketch.kind === 'bins' ? sum(sketch.counts) : sum(sketch.top.map(({ count }) => count)) + sketch.others;

describe('the profile of a column', () => {
  it('has exact counts in bins that hold about the same', async () => {
    const { sketch } = await columnOf('SELECT i::DOUBLE AS x FROM range(1000) t(i)');
    expect(sketch).toMatchObject({ kind: 'bins', counts: expect.any(Array) });
    const { edges, counts } = sketch as Extract<ColumnSketch, { kind: 'bins' }>;
    expect([edges[0], edges.at(-1), sum(counts)]).toEqual([0, 999, 1_000]);
    expect(Math.max(...counts)).toBeLessThan(100);
  });

  it('gives a value that is half of a column a bin of its own', async () => {
    const { sketch } = await columnOf('SELECT CASE WHEN i < 500 THEN 0 ELSE i END AS x FROM range(1000) t(i)');
    const { edges, counts } = sketch as Extract<ColumnSketch, { kind: 'bins' }>;
    expect([edges[1], counts[0]]).toEqual([0, 500]);
  });

  it('has the most frequent texts, and none of ids', async () => {
    const cities = await columnOf("SELECT CASE WHEN i < 60 THEN 'Bern' ELSE '' END AS x FROM range(100) t(i)");
    expect(cities.sketch).toEqual({
      kind: 'values',
      top: [
        { value: 'Bern', count: 60 },
        { value: '', count: 40 },
      ],
      others: 0,
    });
    expect((await columnOf("SELECT 'id' || i AS x FROM range(100) t(i)")).sketch).toEqual({
      kind: 'values',
      top: [],
      others: 100,
    });
  });

  it('takes days and times by their seconds, and says nothing of lists', async () => {
    const { sketch } = await columnOf("SELECT DATE '1970-01-02' AS x");
    expect(sketch).toMatchObject({ kind: 'bins', counts: [1] });
    expect((sketch as { edges: number[] }).edges[1]).toBe(86_400);
    expect((await columnOf('SELECT [1] AS x')).sketch).toBeUndefined();
  });

  it('counts every value once, whatever the values are', async () => {
    const number = fc.oneof(fc.double({ noDefaultInfinity: true }), fc.constantFrom(0, 1, -0, Number.NaN, null));
    const text = fc.option(fc.string({ maxLength: 3 }).filter((value) => !value.includes('\0')));
    await duckDbEngine().open((tables) =>
      fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(number, text), { minLength: 1, maxLength: 60 }), async (rows) => {
          const values = rows.map(([n, s]) => {
            const x = n === null ? 'NULL' : `CAST('${n}' AS DOUBLE)`;
            return `(${x}, ${s === null ? 'NULL' : literal(s)})`;
          });
          const { columns } = await profile(tables, `SELECT * FROM (VALUES ${values.join(', ')}) t(x, s)`);
          const numbers = rows.filter(([n]) => n !== null && !Number.isNaN(n)).length;
          const texts = rows.filter(([, s]) => s !== null).length;
          expect(columns.map(({ sketch }) => totalOf(sketch!))).toEqual([numbers, texts]);
        }),
        { numRuns: 60 },
      ),
    );
  });

  it('knows the least of all numbers', () => {
    const least = -Number.MAX_VALUE;
    expect(binEdges([least, least])).toEqual([least, 0]);
    expect(binEdges([least, least, 0])).toEqual([least, 0]);
  });

  it('has edges that grow', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (quantiles) => {
        const edges = binEdges(quantiles);
        expect(edges.length).toBeGreaterThan(1);
        expect(edges.slice(1).every((edge, i) => edge > edges[i]!)).toBe(true);
      }),
    );
  });
});
