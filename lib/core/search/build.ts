import type { Search, SearchNeeds, SortPosition, SortValue } from './search.ts';
import { compareTexts } from './text.ts';

/** What a condition or a sort term reads besides attributes. */
export type Reads =
  | { readonly from: 'metrics' | 'params' | 'tags'; readonly key: string }
  | { readonly from: 'datasets' };

export interface Condition<T> {
  readonly matches: (row: T) => boolean;
  readonly reads?: Reads | undefined;
  /** Attribute whose value the condition confines. */
  readonly pins?: { readonly attribute: string; readonly to: readonly string[] | undefined } | undefined;
}

export interface Term<T> {
  readonly value: (row: T) => SortValue;
  readonly ascending: boolean;
  /** Tells rows apart, so that it is never cut. */
  readonly isId?: boolean | undefined;
  readonly reads?: Reads | undefined;
}

interface Plan<T> {
  readonly conditions: readonly Condition<T>[];
  /** The last of them tells any two rows apart. */
  readonly terms: readonly Term<T>[];
  readonly identity: string;
}

const MISSING = 2;
const NOT_A_NUMBER = 1;
const rank = (value: SortValue): number => {
  if (value === undefined) return MISSING;
  return Number.isNaN(value) ? NOT_A_NUMBER : 0;
};

const comparePresent = (a: SortValue, b: SortValue): number => {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  // Rows never mix texts and numbers in one term; a forged page token may.
  if (typeof a === 'string' || typeof b === 'string') return typeof a === 'string' ? 1 : -1;
  if (a === undefined || b === undefined || a === b) return 0;
  if (a < b) return -1;
  return a > b ? 1 : 0;
};

/** Order of two values of one term; missing and NaN come last in both directions. */
const compareValues = (a: SortValue, b: SortValue, ascending: boolean): number => {
  const byRank = rank(a) - rank(b);
  if (byRank !== 0 || rank(a) !== 0) return byRank;
  return ascending ? comparePresent(a, b) : comparePresent(b, a);
};

// A page token holds the texts of its place, up to eight letters a unit, and must fit into an address line of 10 KB
// together with the rest of the request. Texts that are the same so far count as equal: the terms behind decide.
const SORTED_UNITS = 500;
const cutFor = (terms: number) => {
  const room = Math.floor(SORTED_UNITS / terms);
  return (value: SortValue): SortValue => (typeof value === 'string' ? value.slice(0, room) : value);
};

const keysOf = (reads: readonly (Reads | undefined)[], from: 'metrics' | 'params' | 'tags'): string[] => [
  ...new Set(reads.flatMap((one) => (one?.from === from ? [one.key] : []))),
];

const needsOf = (reads: readonly (Reads | undefined)[]): SearchNeeds => ({
  metrics: keysOf(reads, 'metrics'),
  params: keysOf(reads, 'params'),
  tags: keysOf(reads, 'tags'),
  datasets: reads.some((one) => one?.from === 'datasets'),
});

const pinnedBy = <T>(conditions: readonly Condition<T>[], attribute: string): readonly string[] | undefined => {
  const sets = conditions.flatMap(({ pins }) => (pins?.attribute === attribute && pins.to ? [new Set(pins.to)] : []));
  const [first, ...others] = sets;
  return first && [...first].filter((one) => others.every((some) => some.has(one)));
};

/** Turns conditions and sort terms into a search. */
export const buildSearch = <T>({ conditions, terms, identity }: Plan<T>): Search<T> => {
  const cut = cutFor(terms.length);
  const position = (row: T): SortPosition => terms.map(({ isId, value }) => (isId ? value(row) : cut(value(row))));
  const comparePositions = (a: SortPosition, b: SortPosition): number => {
    for (const [index, { ascending }] of terms.entries()) {
      const order = compareValues(a[index], b[index], ascending);
      if (order !== 0) return order;
    }
    return 0;
  };
  return {
    matches: (row) => conditions.every((condition) => condition.matches(row)),
    compare: (a, b) => comparePositions(position(a), position(b)),
    needs: () => needsOf([...conditions, ...terms].map((one) => one.reads)),
    position,
    comparePositions,
    pinned: (attribute) => pinnedBy(conditions, attribute),
    identity,
  };
};

/** The value of a key, never of what every JavaScript object inherits. */
export const ofKey = (texts: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(texts, key) ? texts[key] : undefined;

// The wire knows no infinities: the real server keeps and compares the greatest double instead.
export const bounded = (value: number): number => {
  if (value === Number.POSITIVE_INFINITY) return Number.MAX_VALUE;
  return value === Number.NEGATIVE_INFINITY ? -Number.MAX_VALUE : value;
};
