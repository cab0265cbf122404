import { expect } from '@jest/globals';
import type { Page, PageQuery } from '#contracts/common.ts';

/** Every item of a list, read a page at a time; every page but the last is full and none is empty behind a token. */
export const allPages = async <T>(read: (page: PageQuery) => Promise<Page<T>>, maxResults: number): Promise<T[]> => {
  const items: T[] = [];
  let pageToken: string | undefined;
  do {
    const page = await read({ maxResults, ...(pageToken && { pageToken }) });
    if (page.nextPageToken) expect(page.items).toHaveLength(maxResults);
    if (pageToken) expect(page.items.length).toBeGreaterThan(0);
    items.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken);
  return items;
};
