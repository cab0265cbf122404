interface Paged<T> {
  readonly items: readonly T[];
  readonly nextPageToken?: string | undefined;
}

const PAGE = 1_000;

/** A list, a page at a time, up to so many. */
export const readAll = async <T>(
  read: (query: { maxResults: number; pageToken?: string }) => Promise<Paged<T>>,
  limit = Number.POSITIVE_INFINITY,
): Promise<T[]> => {
  const items: T[] = [];
  let pageToken: string | undefined;
  do {
    const maxResults = Math.min(PAGE, limit - items.length);
    const page = await read({ maxResults, ...(pageToken !== undefined && { pageToken }) });
    items.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined && items.length < limit);
  return items;
};
