import type { RegistryChange } from '#contracts/registry.ts';
import type { ReadingDeps } from './ports.ts';

const PAGE = 100;

/**
 * Records of a model from the newest on, read as far as they are asked for.
 * @param end sequence of the newest that counts: somebody may have put more behind it. @default all
 */
export async function* newestFirst(
  { registry }: ReadingDeps,
  modelKey: string,
  end = Number.POSITIVE_INFINITY,
): AsyncGenerator<RegistryChange> {
  let pageToken: string | undefined;
  do {
    const page = await registry.listChanges(modelKey, { maxResults: PAGE, ...(pageToken && { pageToken }) });
    yield* page.items.filter(({ sequence }) => sequence <= end);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
}

// A repeated call comes soon after the first; further back nobody looks.
const RECENT = 200;

/** The newest record that fits, among the recent ones. */
export const newestChange = async (
  deps: ReadingDeps,
  modelKey: string,
  fits: (change: RegistryChange) => boolean,
): Promise<RegistryChange | undefined> => {
  let read = 0;
  for await (const change of newestFirst(deps, modelKey)) {
    if (fits(change)) return change;
    if (++read === RECENT) return undefined;
  }
  return undefined;
};
