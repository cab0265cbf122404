import type { Page } from '#contracts/common.ts';
import { pageTokenAfter, positionOfToken } from './page-token.ts';
import type { Search, SortPosition } from './search.ts';

export interface PageRequest {
  readonly maxResults: number;
  readonly pageToken?: string | undefined;
  /** What else makes it the same search: experiment ids, view. @default nothing */
  readonly scope?: readonly string[] | undefined;
}

/** Takes rows in any order and keeps one page of them: memory stays at about twice maxResults rows. */
export interface PageCollector<T> {
  /** Gives a row to the page; those that do not match or come before the page are passed over. */
  readonly add: (row: T) => void;
  readonly page: () => Page<T>;
}

interface Entry<T> {
  readonly row: T;
  readonly position: SortPosition;
}

/**
 * Collects the page that follows a token. A token is the place of the last row, not a count: rows that come or go
 * between pages neither repeat nor hide others.
 * @throws INVALID_REQUEST when the token belongs to another search
 */
export const pageCollector = <T>(search: Search<T>, request: PageRequest): PageCollector<T> => {
  const { maxResults, pageToken, scope = [] } = request;
  const after = pageToken ? positionOfToken(search, scope, pageToken) : undefined;
  let entries: Entry<T>[] = [];
  let last: SortPosition | undefined;

  const settle = (): void => {
    entries = entries.sort((a, b) => search.comparePositions(a.position, b.position)).slice(0, maxResults + 1);
    if (entries.length > maxResults) last = entries[maxResults]?.position;
  };
  const isOnPage = (position: SortPosition): boolean =>
    (!after || search.comparePositions(position, after) > 0) && (!last || search.comparePositions(position, last) < 0);
  const add = (row: T): void => {
    if (!search.matches(row)) return;
    const position = search.position(row);
    if (!isOnPage(position)) return;
    entries.push({ row, position });
    if (entries.length > 2 * (maxResults + 1)) settle();
  };
  const page = (): Page<T> => {
    settle();
    const shown = entries.slice(0, maxResults);
    const end = shown.at(-1);
    const items = shown.map((entry) => entry.row);
    return entries.length > maxResults && end
      ? { items, nextPageToken: pageTokenAfter(search, scope, end.position) }
      : { items };
  };
  return { add, page };
};

/**
 * One page of the rows that match, in order.
 * @throws INVALID_REQUEST when the token belongs to another search
 * @example searchPage(parseRunSearch({ filter }), runs, { maxResults: 100, pageToken, scope: experimentIds })
 */
export const searchPage = <T>(search: Search<T>, rows: Iterable<T>, request: PageRequest): Page<T> => {
  const collector = pageCollector(search, request);
  for (const row of rows) collector.add(row);
  return collector.page();
};
