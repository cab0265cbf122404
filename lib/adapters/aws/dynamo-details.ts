import type { DatasetInput, ModelOutput, RunBatch } from '#contracts/tracking.ts';
import { getItems, keyText } from './dynamo-batch-get.ts';
import type { Item, Table } from './dynamo-table.ts';
import { longKey, PARAM_MARK, TAG_MARK } from './dynamo-texts.ts';
import type { Place } from './dynamo-tracking-keys.ts';

export const DATASET_MARK = 'd:';
export const INPUT_MARK = 'i:';
export const OUTPUT_MARK = 'o:';

/** A D item with the place that it belongs to. */
export interface Details {
  readonly place: Place;
  readonly item: Item | undefined;
}

const attributesOf = (item: Item | undefined, mark: string): [string, unknown][] =>
  Object.entries(item ?? {})
    .filter(([name]) => name.startsWith(mark))
    .map(([name, value]) => [name.slice(mark.length), value]);

const isText = (name: string): boolean => name.startsWith(PARAM_MARK) || name.startsWith(TAG_MARK);
const longKeysOf = ({ place, item }: Details) =>
  Object.entries(item ?? {}).flatMap(([name, value]) => (isText(name) && longKey(place, value)) || []);

/** The long texts that some D items only name, by where they stand. */
export type LongTexts = ReadonlyMap<string, Item>;
export const readLongTexts = (table: Table, all: readonly Details[]): Promise<LongTexts> =>
  getItems(table, all.flatMap(longKeysOf));

/** Params and tags of a D item. */
export const textsOf = ({ place, item }: Details, long: LongTexts): Pick<RunBatch, 'params' | 'tags'> => {
  const read = ([name, value]: [string, unknown]): [string, string] => {
    const key = longKey(place, value);
    return [name, String(key ? (long.get(keyText(key))?.v ?? '') : String(value).slice(1))];
  };
  return {
    params: Object.fromEntries(attributesOf(item, PARAM_MARK).map(read)),
    tags: Object.fromEntries(attributesOf(item, TAG_MARK).map(read)),
  };
};

/** How a run names a data set; what it is stands once an experiment. */
export type DatasetUse = Pick<DatasetInput, 'name' | 'digest' | 'tags'>;

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** Data sets by their name in DATA#…. */
export const datasetsOf = (item: Item | undefined): [string, DatasetUse][] =>
  (attributesOf(item, DATASET_MARK) as [string, DatasetUse][]).sort(([, a], [, b]) =>
    byText([a.name, a.digest], [b.name, b.digest]),
  );

export const modelInputsOf = (item: Item | undefined): string[] =>
  attributesOf(item, INPUT_MARK)
    .map(([modelId]) => modelId)
    .sort();

const stepOf = (text: string): ModelOutput['step'] => {
  const whole = BigInt(text);
  return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
};

export const modelOutputsOf = (item: Item | undefined): ModelOutput[] =>
  attributesOf(item, OUTPUT_MARK)
    .map(([name]) => ({ name, end: name.lastIndexOf('#') }))
    .map(({ name, end }) => ({ modelId: name.slice(0, end), step: stepOf(name.slice(end + 1)) }))
    .sort((a, b) => (a.step === b.step ? byText(a.modelId, b.modelId) : a.step < b.step ? -1 : 1));
