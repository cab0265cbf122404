import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type PageRequest,
  parseExperimentSearch,
  parseRunSearch,
  type RunView,
  type Search,
  searchPage,
} from '#core/search/index.ts';
import { oracle } from './oracle.ts';
import { orderBy, run, runs } from './rows.ts';

/** Every page until there is no token; `between` sees the rows that may change from page to page. */
const walk = (search: Search<RunView>, rows: RunView[], size: number, between: () => void = () => undefined) => {
  const seen: string[] = [];
  let pageToken: string | undefined;
  do {
    const page = searchPage(search, rows, { maxResults: size, pageToken, scope: ['1'] });
    seen.push(...page.items.map((one) => one.info.runId));
    pageToken = page.nextPageToken;
    between();
  } while (pageToken);
  return seen;
};

const sorted = (search: Search<RunView>, rows: RunView[]): string[] =>
  rows
    .filter(search.matches)
    .sort(search.compare)
    .map((one) => one.info.runId);

describe('searchPage', () => {
  it('visits each row once and in order, whatever the size of the pages', () => {
    fc.assert(
      fc.property(runs(), orderBy, fc.integer({ min: 1, max: 8 }), (rows, order, size) => {
        const search = parseRunSearch({ orderBy: order });
        expect(walk(search, rows, size)).toEqual(sorted(search, rows));
      }),
    );
  });

  it('neither repeats nor loses a row while others come and go', () => {
    fc.assert(
      fc.property(runs(20), runs(20), orderBy, (before, coming, order) => {
        const search = parseRunSearch({ orderBy: order });
        const known = new Set(before.map((one) => one.info.runId));
        const added = coming.filter((one) => !known.has(one.info.runId));
        const going = new Set(before.slice(0, 3));
        const rows = [...before];
        const seen = walk(search, rows, 3, () => {
          const gone = rows.findIndex((one) => going.has(one));
          if (gone >= 0) rows.splice(gone, 1);
          const next = added.pop();
          if (next) rows.push(next);
        });
        expect(new Set(seen).size).toBe(seen.length);
        const stayed = new Set(before.filter((one) => !going.has(one)).map((one) => one.info.runId));
        const visited = seen.filter((id) => stayed.has(id));
        expect(visited).toEqual(sorted(search, before).filter((id) => stayed.has(id)));
      }),
    );
  });

  it('needs no token for a page that ends exactly at the end', () => {
    const rows = [run({ info: { runId: 'a' } }), run({ info: { runId: 'b' } })];
    expect(searchPage(parseRunSearch({}), rows, { maxResults: 2 })).toEqual({ items: rows });
    expect(searchPage(parseRunSearch({}), rows, { maxResults: 1 }).nextPageToken).toMatch(/^[\w-]+$/);
  });

  it('goes on after a row that is gone', () => {
    const rows = ['a', 'b', 'c'].map((runId) => run({ info: { runId } }));
    const search = parseRunSearch({});
    const { nextPageToken } = searchPage(search, rows, { maxResults: 2 });
    expect(searchPage(search, rows.slice(2), { maxResults: 2, pageToken: nextPageToken }).items).toEqual(rows.slice(2));
  });

  it('carries every kind of sort value: text beyond ASCII, NaN, missing, and whole numbers beyond 2^53', () => {
    const names = ['\ud800', '😀', 'é"\\', ''];
    const experiments = names.map((name, index) => ({
      experimentId: `9007199254740993${index}`,
      name,
      creationTimeMs: 0,
      lastUpdateTimeMs: 0,
      tags: {},
    }));
    const search = parseExperimentSearch({ orderBy: ['creation_time', 'name'] });
    const found: string[] = [];
    let pageToken: string | undefined;
    for (let page = 0; page < names.length; page += 1) {
      const { items, nextPageToken } = searchPage(search, experiments, { maxResults: 1, pageToken });
      found.push(...items.map((one) => one.name));
      pageToken = nextPageToken;
    }
    expect(found).toEqual(['', 'é"\\', '\ud800', '😀']);
    expect(pageToken).toBeUndefined();
  });

  it('refuses a token of another filter, order or scope', () => {
    const first: PageRequest = { maxResults: 1, scope: ['1'] };
    const { nextPageToken: pageToken } = searchPage(parseRunSearch({}), oracle.rows.runs, first);
    const again = (search: Search<RunView>, scope: string[]) => () =>
      searchPage(search, oracle.rows.runs, { maxResults: 1, pageToken, scope });
    expect(again(parseRunSearch({}), ['1'])().items).toHaveLength(1);
    for (const other of [
      again(parseRunSearch({ filter: 'metrics.m > 0' }), ['1']),
      again(parseRunSearch({ orderBy: ['run_id'] }), ['1']),
      again(parseRunSearch({}), ['1', '2']),
      again(parseRunSearch({}), []),
    ])
      expect(other).toThrow(/page token belongs to another search/);
  });

  it.each(['x', '!', 'AAAA', 'W10', 'WyJ4Il0', 'bnVsbA', 'WyJ4IiwxXQ', 'e30', '😀'])(
    'refuses %s as a token',
    (pageToken) => {
      expect(() => searchPage(parseRunSearch({}), [], { maxResults: 1, pageToken })).toThrow(
        expect.objectContaining({ code: 'INVALID_REQUEST' }),
      );
    },
  );

  it('never breaks on a token that was tampered with', () => {
    const search = parseRunSearch({ orderBy: ['params.k'] });
    const { nextPageToken = '' } = searchPage(search, oracle.rows.runs, { maxResults: 2 });
    fc.assert(
      fc.property(fc.nat(nextPageToken.length - 1), fc.constantFrom(...'AZaz09-_'), (at, letter) => {
        const pageToken = nextPageToken.slice(0, at) + letter + nextPageToken.slice(at + 1);
        try {
          searchPage(search, oracle.rows.runs, { maxResults: 2, pageToken });
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_REQUEST' });
        }
      }),
    );
  });
});
