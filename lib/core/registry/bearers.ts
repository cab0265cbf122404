import type { HistoryHead, ModelRecord, NameRecord, ReadingDeps } from './ports.ts';

/** A model that bears or bore a name, and where its history ends. */
export interface Bearer {
  readonly modelKey: string;
  readonly head: HistoryHead;
  /** Absent of one that was deleted. */
  readonly live?: ModelRecord;
}

const bearerIn = ({ live, past }: NameRecord, modelKey: string): Bearer | undefined => {
  if (live?.modelKey === modelKey) return { modelKey, head: live.head, live };
  const { head } = past.findLast((former) => former.modelKey === modelKey && former.head !== undefined) ?? {};
  return head && { modelKey, head };
};

/** The model that a key belongs to, followed from a name that it bore, through the names it got since. */
export const followBearer = async (
  { registry }: ReadingDeps,
  modelKey: string,
  name: string,
): Promise<Bearer | undefined> => {
  let at: string | undefined = name;
  for (const seen = new Set<string>(); at !== undefined && !seen.has(at); ) {
    seen.add(at);
    const names = await registry.findName(at);
    const found = names && bearerIn(names, modelKey);
    if (found) return found;
    at = names?.past.findLast((former) => former.modelKey === modelKey)?.renamedTo;
  }
  return undefined;
};
