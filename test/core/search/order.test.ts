import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseLoggedModelSearch, parseRunSearch, searchPage } from '#core/search/index.ts';
import { oracle, searchOf } from './oracle.ts';
import { loggedModel, orderBy, run, runs } from './rows.ts';

type Compare<T> = (a: T, b: T) => number;
const pairs = <T>(rows: readonly T[]): [T, T][] => rows.flatMap((a) => rows.map((b): [T, T] => [a, b]));
/** Pairs of rows that break the law of a total order. */
const disordered = <T>(compare: Compare<T>, rows: readonly T[]): [T, T][] =>
  pairs(rows).filter(([a, b]) => {
    const there = compare(a, b);
    return there === 0 ? a !== b : Math.sign(there) !== -Math.sign(compare(b, a)) || a === b;
  });
const comesFirst = <T>(compare: Compare<T>, rows: readonly T[]): [T, T][] =>
  pairs(rows).filter(([a, b]) => compare(a, b) < 0);

describe('the order of a search', () => {
  it('is total: of two runs one comes first, and no run comes before itself', () => {
    fc.assert(
      fc.property(runs(12), orderBy, (rows, order) => {
        expect(disordered(parseRunSearch({ orderBy: order }).compare, rows)).toEqual([]);
      }),
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(runs(8), orderBy, (rows, order) => {
        const { compare } = parseRunSearch({ orderBy: order });
        const broken = comesFirst(compare, rows).filter(([a, b]) =>
          rows.some((c) => compare(b, c) < 0 && compare(a, c) >= 0),
        );
        expect(broken).toEqual([]);
      }),
    );
  });

  it.each(['experiments', 'models', 'versions', 'logged-models'] as const)('is total for %s in every order', (kind) => {
    const rows: readonly unknown[] = oracle.rows[kind].slice(0, 25);
    const orders = oracle.cases.filter((held) => held.kind === kind && held.orderBy && held.found);
    expect(orders.length).toBeGreaterThan(5);
    expect(orders.flatMap((one) => disordered(searchOf(one).compare, rows))).toEqual([]);
  });

  it.each(['ASC', 'DESC'])('puts NaN after every number and what is missing after NaN, also %s', (way) => {
    const valued = (runId: string, value?: number) =>
      run({ info: { runId }, metrics: value === undefined ? [] : [{ key: 'm', value }] });
    const rows = [
      valued('missing'),
      valued('nan', Number.NaN),
      valued('one', 1),
      valued('infinite', Number.POSITIVE_INFINITY),
    ];
    const { items } = searchPage(parseRunSearch({ orderBy: [`metrics.m ${way}`] }), rows, { maxResults: 9 });
    const numbers = way === 'ASC' ? ['one', 'infinite'] : ['infinite', 'one'];
    expect(items.map((one) => one.info.runId)).toEqual([...numbers, 'nan', 'missing']);
  });

  it('takes of a logged model the latest measurement: by time, then step, then run', () => {
    const point = (value: number, timestampMs: number, step: number | bigint, runId = 'a') => ({
      key: 'm',
      value,
      timestampMs,
      step,
      runId,
    });
    const near = loggedModel({
      modelId: 'near',
      metrics: [point(9, 1, 9), point(1, 2, 2n ** 60n), point(9, 2, 2n ** 60n - 1n)],
    });
    const far = loggedModel({ modelId: 'far', metrics: [point(2, 2, 0, 'b'), point(5, 2, 0)] });
    const search = parseLoggedModelSearch({ orderBy: [{ fieldName: 'metrics.m' }] });
    expect(searchPage(search, [far, near], { maxResults: 2 }).items.map((one) => one.modelId)).toEqual(['near', 'far']);
    expect(search.position(far)[0]).toBe(5);
  });

  it('keeps NaN of a logged model apart from 0', () => {
    const model = loggedModel({ metrics: [{ key: 'm', value: Number.NaN, timestampMs: 0, step: 0, runId: 'a' }] });
    expect(parseLoggedModelSearch({ filter: 'metrics.m = 0' }).matches(model)).toBe(false);
    expect(parseLoggedModelSearch({ filter: 'metrics.m != 0' }).matches(model)).toBe(true);
  });
});
