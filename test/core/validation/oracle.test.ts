import { describe, expect, it } from '@jest/globals';
import { expectationKwargs } from '#contracts/expectations.ts';
import type { ExpectationResult } from '#contracts/validation.ts';
import { type OracleCase, oracle, replay } from './oracle.ts';
import { comparable, reasonFor, reasons } from './oracle-differences.ts';

const close = (a: number, b: number): boolean =>
  a === b || Math.abs(a - b) <= 1e-11 * Math.max(Math.abs(a), Math.abs(b));

const same = (seen: unknown, wanted: unknown): boolean => {
  if (typeof seen === 'number' && typeof wanted === 'number') return close(seen, wanted);
  if (typeof seen !== 'object' || typeof wanted !== 'object' || seen === null || wanted === null)
    return (seen ?? null) === (wanted ?? null);
  const keys = new Set([...Object.keys(seen), ...Object.keys(wanted)]);
  return [...keys].every((key) =>
    same((seen as Record<string, unknown>)[key], (wanted as Record<string, unknown>)[key]),
  );
};

const difference = (
  wanted: OracleCase,
  seen: ExpectationResult | undefined,
): { wanted: OracleCase; seen: object } | undefined => {
  const raised = seen?.exception_info?.raised_exception === true;
  const agrees = wanted.raised
    ? raised
    : !raised && seen?.success === wanted.success && same(...comparable(wanted, seen.result));
  return agrees ? undefined : { wanted, seen: { ...seen, expectation_config: undefined } };
};

describe('what Great Expectations says of the same data', () => {
  it.each(Object.keys(oracle.tables))('is said of the table "%s", number by number', async (name) => {
    const seen = await replay(name);
    const differences = oracle.cases[name]!.flatMap((wanted, i) => difference(wanted, seen[i]) ?? []);
    expect(differences.filter(({ wanted }) => reasonFor(wanted) === undefined)).toEqual([]);
  });

  it('differs for the stated reasons alone, and each of them still stands', async () => {
    const seen = await replay('missing');
    const awkward = await replay('awkward');
    const all = [...oracle.cases.missing!.entries()].map(([i, wanted]) => difference(wanted, seen[i]));
    const more = [...oracle.cases.awkward!.entries()].map(([i, wanted]) => difference(wanted, awkward[i]));
    const found = [...all, ...more].flatMap((one) => (one ? reasonFor(one.wanted) : []));
    expect(new Set(found)).toEqual(new Set(reasons));
  });

  it('covers every type that the platform knows', () => {
    const types = Object.values(oracle.cases).flatMap((cases) => cases.map(({ type }) => type));
    expect(new Set(types)).toEqual(new Set(Object.keys(expectationKwargs)));
  });
});
