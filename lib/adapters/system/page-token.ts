import { Buffer } from 'node:buffer';
import type { Page, PageQuery } from '#contracts/common.ts';
import { PlatformError } from '#core/shared/errors.ts';

const mark = '1:';

/** A page token is the sort key of the last item that was given out, so pages hold while items come and go. */
export const pageToken = (sortKey: string): string => Buffer.from(mark + sortKey).toString('base64url');

// DynamoDB takes no empty key, none above 1,024 bytes, and reads of a range end at the last code point.
const MAX_KEY_BYTES = 1_000;
const isSortKey = (text: string): boolean =>
  text !== '' && Buffer.byteLength(text) <= MAX_KEY_BYTES && !text.includes('\u{10ffff}');

/** @throws INVALID_REQUEST for a token that no page gave out */
export const sortKeyOf = (token: string): string => {
  const text = Buffer.from(token, 'base64url').toString();
  const sortKey = text.slice(mark.length);
  if (text.startsWith(mark) && isSortKey(sortKey) && pageToken(sortKey) === token) return sortKey;
  const message = `pageToken "${token.slice(0, 40)}" is not one that a page gave out; leave it out to start anew`;
  throw new PlatformError('INVALID_REQUEST', message);
};

/** One page of `sorted`, whose sort keys grow. It may start before the page does. */
export const pageFrom = <T>(sorted: readonly T[], keyOf: (item: T) => string, page: PageQuery): Page<T> => {
  const after = page.pageToken === undefined ? undefined : sortKeyOf(page.pageToken);
  const rest = after === undefined ? [...sorted] : sorted.filter((item) => keyOf(item) > after);
  const items = rest.slice(0, page.maxResults);
  const last = items.at(-1);
  return last !== undefined && rest.length > items.length
    ? { items, nextPageToken: pageToken(keyOf(last)) }
    : { items };
};
