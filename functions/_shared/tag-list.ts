import { limits } from '#core/tracking/index.ts';

/** Tags that hold a list as JSON, as MLflow keeps what belongs to a run or a logged model. */

const entriesIn = (tag: string | undefined): string[] => {
  try {
    const known: unknown = JSON.parse(tag ?? '[]');
    return Array.isArray(known) ? known.map((entry) => JSON.stringify(entry)) : [];
  } catch {
    // Somebody wrote something else there.
    return [];
  }
};

/**
 * The list with an entry (JSON) added at its end, once. A tag that were cut would no longer be JSON: the oldest entries
 * go instead, and an entry that has no room at all is left out (undefined: nothing to change).
 * @example withEntry('[1,2]', '3') // '[1,2,3]'
 */
export const withEntry = (tag: string | undefined, entry: string): string | undefined => {
  const all = [...entriesIn(tag).filter((known) => known !== entry), entry];
  let [from, characters] = [all.length, 1];
  while (from > 0 && characters + (all[from - 1] ?? '').length + 1 <= limits.runTagValue)
    characters += (all[--from] ?? '').length + 1;
  return from === all.length ? undefined : `[${all.slice(from).join(',')}]`;
};
