import type { RunBatch } from '#contracts/tracking.ts';
import type { Item } from './dynamo-table.ts';
import { type Key, nameOf, type Place, partKey } from './dynamo-tracking-keys.ts';

/** Params and tags are attributes of the D item; these marks keep them apart from each other and from the keys. */
export const PARAM_MARK = 'p:';
export const TAG_MARK = 't:';

// Short texts stand in D behind a "=". Longer ones would make it costly to write and to search, so they stand in an item
// of their own, named by its content, and D holds "#" and that name. What nothing names any more is never read.
const INLINE_CHARACTERS = 250;

const isLong = (value: string): boolean => value.length > INLINE_CHARACTERS;

/** An attribute of D and its text. */
export type Entry = readonly [attribute: string, text: string];
export type Texts = Pick<RunBatch, 'params' | 'tags'>;

/** What D holds for a text. */
export const stored = ([attribute, text]: Entry): string => (isLong(text) ? `#${nameOf(attribute, text)}` : `=${text}`);

export const paramEntries = ({ params }: Texts): Entry[] =>
  Object.entries(params).map(([key, value]) => [PARAM_MARK + key, value]);
export const tagEntries = ({ tags }: Texts): Entry[] =>
  Object.entries(tags).map(([key, value]) => [TAG_MARK + key, value]);

/** The attributes of D for some texts. */
export const textAttributes = (texts: Texts): Record<string, string> =>
  Object.fromEntries([...paramEntries(texts), ...tagEntries(texts)].map((entry) => [entry[0], stored(entry)]));

/** Items for the texts that D has no room for: to be written first, so that no name points nowhere. */
export const longItems = (place: Place, texts: Texts): Item[] =>
  [...paramEntries(texts), ...tagEntries(texts)]
    .filter(([, text]) => isLong(text))
    .map(([attribute, text]) => ({ ...partKey(place, 'X', nameOf(attribute, text)), v: text }));

/** Where the text stands that D only names; undefined when D holds it itself. */
export const longKey = (place: Place, text: unknown): Key | undefined =>
  typeof text === 'string' && text.startsWith('#') ? partKey(place, 'X', text.slice(1)) : undefined;
