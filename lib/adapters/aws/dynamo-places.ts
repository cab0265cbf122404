import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { PlatformError } from '#core/shared/errors.ts';
import { getItem, type Item, type Table } from './dynamo-table.ts';
import { type Key, mayBeId, type Place } from './dynamo-tracking-keys.ts';

/** Where a run or a logged model stands; it never moves, so whoever asked once need not ask again. */
export type FindPlace = (id: string) => Promise<Place | undefined>;

const PLACES_KEPT = 10_000;
export const placeFinder = (table: Table, kind: 'RUN' | 'MODEL'): FindPlace => {
  const known = new Map<string, Place>();
  return async (id) => {
    if (!mayBeId(id)) return undefined;
    const place = known.get(id) ?? ((await getItem(table, `${kind}#${id}`, kind))?.place as Place | undefined);
    if (known.size >= PLACES_KEPT) known.clear();
    if (place) known.set(id, place);
    return place;
  };
};

/** The item that remembers a place. */
export const placeItem = (kind: 'RUN' | 'MODEL', id: string, place: Place): Item => ({
  pk: `${kind}#${id}`,
  sk: kind,
  place,
});

export const requireRunPlace = async (find: FindPlace, runId: string): Promise<Place> => {
  const place = await find(runId);
  if (!place) throw new PlatformError('RUN_NOT_FOUND', `there is no run "${runId}"`, { runId });
  return place;
};

/** Writes the given fields over an item that is there; answers it whole, undefined when it is not there. */
export const updateFields = async (table: Table, Key: Key, change: object): Promise<Item | undefined> => {
  const fields = Object.entries(change).filter(([, value]) => value !== undefined);
  const input = {
    TableName: table.name,
    Key,
    UpdateExpression: `SET ${fields.map((_, i) => `#f${i} = :v${i}`).join(', ')}`,
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeNames: Object.fromEntries(fields.map(([name], i) => [`#f${i}`, name])),
    ExpressionAttributeValues: Object.fromEntries(fields.map(([, value], i) => [`:v${i}`, value])),
    ReturnValues: 'ALL_NEW' as const,
  };
  try {
    return (await table.client.send(new UpdateCommand(input))).Attributes as Item | undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw sizeFault(error);
    return undefined;
  }
};

/** An item that would grow above 400 KB is the caller's to mend; other errors stay as they came. */
export const sizeFault = (error: unknown): unknown => {
  if (
    !(error instanceof Error) ||
    error.name !== 'ValidationException' ||
    !/(item|expression) size/i.test(error.message)
  )
    return error;
  const message =
    'a run or model holds at most 400 KB of names and short values in its params, tags, inputs and outputs, and as much ' +
    'in each quarter of its metrics; log fewer, or keep them in an artifact';
  return new PlatformError('INVALID_REQUEST', message);
};
