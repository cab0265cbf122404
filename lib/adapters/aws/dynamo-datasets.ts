import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DatasetInput } from '#contracts/tracking.ts';
import { type DatasetSummary, limits } from '#core/tracking/index.ts';
import { getItems, keyText } from './dynamo-batch-get.ts';
import type { DatasetUse } from './dynamo-details.ts';
import { type Item, putItems, queryItems, type Table } from './dynamo-table.ts';
import { type Key, mayBeId, nameOf, sha256 } from './dynamo-tracking-keys.ts';

/** Where a data set stands within its experiment. */
export const datasetName = ({ name, digest }: Pick<DatasetInput, 'name' | 'digest'>): string => nameOf(name, digest);
const bodyKey = (experimentId: string, name: string): Key => ({ pk: `DATA#${experimentId}`, sk: name });
const CONTEXT_TAG = 'mlflow.data.context';

// An item ends at 400 KB and a character is three bytes at most; a schema may have a million characters.
const PART_CHARACTERS = 100_000;

// Half a character beyond U+FFFF cannot be stored.
const isHalf = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const endOf = (text: string, at: number): number => {
  const end = at + PART_CHARACTERS;
  return end < text.length && isHalf(text.charCodeAt(end - 1)) ? end - 1 : end;
};
const partsOf = (text: string): string[] => {
  const parts: string[] = [];
  for (let at = 0; at === 0 || at < text.length; at = endOf(text, at)) parts.push(text.slice(at, endOf(text, at)));
  return parts;
};
const partKey = ({ pk, sk }: Key, content: string, part: number): Key => ({ pk, sk: `${sk}#${content}#${part}` });

/** The first who writes a data set says what it is; further parts are named by their content and so never mixed. */
const putBody = async (table: Table, experimentId: string, input: DatasetInput): Promise<void> => {
  const { sourceType, source, schema, profile } = input;
  const text = JSON.stringify({ sourceType, source, schema, profile });
  const [first, ...rest] = partsOf(text);
  const key = bodyKey(experimentId, datasetName(input));
  const content = sha256(text).slice(0, 32);
  await putItems(
    table,
    rest.map((part, i) => ({ ...partKey(key, content, i + 1), text: part })),
  );
  const Item = { ...key, text: first, content, parts: rest.length + 1 };
  const command = new PutCommand({ TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' });
  await table.client.send(command).catch((error: unknown) => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  });
};

const useItem = (experimentId: string, { name, digest, tags }: DatasetInput): Item => {
  const context = tags[CONTEXT_TAG];
  const sk = nameOf(name, digest, context ?? '', context === undefined ? 'none' : 'some');
  return { pk: `USES#${experimentId}`, sk, name, digest, ...(context !== undefined && { context }) };
};

/** Keeps what data sets are, and for the list how they were used. */
export const putDatasets = async (
  table: Table,
  experimentId: string,
  inputs: readonly DatasetInput[],
): Promise<void> => {
  await Promise.all(inputs.map((input) => putBody(table, experimentId, input)));
  await putItems(
    table,
    inputs.map((input) => useItem(experimentId, input)),
  );
};

/** Uses of data in an experiment, each once; a thousand at most. */
export const datasetSummaries = async (table: Table, experimentId: string): Promise<DatasetSummary[]> => {
  if (!mayBeId(experimentId)) return [];
  const items = await queryItems(table, { pk: `USES#${experimentId}`, limit: limits.datasetSummaries });
  return items.map(({ name, digest, context }) => ({
    experimentId,
    name: String(name),
    digest: String(digest),
    ...(context !== undefined && { context: String(context) }),
  }));
};

type Body = Pick<DatasetInput, 'sourceType' | 'source' | 'schema' | 'profile'>;
/** What data sets are, by experiment and name. */
export type Bodies = ReadonlyMap<string, Body>;
const NO_BODY: Body = { sourceType: '', source: '' };

const furtherKeys = (item: Item): Key[] =>
  Array.from({ length: Number(item.parts) - 1 }, (_, i) => partKey(item, String(item.content), i + 1));

const bodyOf = (item: Item, further: ReadonlyMap<string, Item>): Body => {
  const rest = furtherKeys(item).map((key) => String(further.get(keyText(key))?.text ?? ''));
  return JSON.parse([String(item.text), ...rest].join('')) as Body;
};

/** Reads data sets, each once however many runs use it. */
export const readBodies = async (
  table: Table,
  wanted: readonly { readonly experimentId: string; readonly name: string }[],
): Promise<Bodies> => {
  const first = await getItems(
    table,
    wanted.map(({ experimentId, name }) => bodyKey(experimentId, name)),
  );
  const further = await getItems(table, [...first.values()].flatMap(furtherKeys));
  return new Map([...first].map(([key, item]) => [key, bodyOf(item, further)]));
};

/** A run's use of data together with what the data is. */
export const inputOf = (bodies: Bodies, experimentId: string, [name, use]: [string, DatasetUse]): DatasetInput => ({
  ...(bodies.get(keyText(bodyKey(experimentId, name))) ?? NO_BODY),
  ...use,
});
