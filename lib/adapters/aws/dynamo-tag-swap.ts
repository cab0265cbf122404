import type { TagSwap } from '#core/tracking/index.ts';
import { backOff } from './back-off.ts';
import { sizeFault } from './dynamo-places.ts';
import { putItems, type Table, updateIf } from './dynamo-table.ts';
import { longItems, stored, TAG_MARK } from './dynamo-texts.ts';
import { type Place, partKey } from './dynamo-tracking-keys.ts';

/** Sets a tag as long as it says what it said; false, after a moment, when it does not any more. */
export const swapTag = async (table: Table, place: Place, { key, was, value }: TagSwap): Promise<boolean> => {
  const attribute = TAG_MARK + key;
  await putItems(table, longItems(place, { params: {}, tags: { [key]: value } }));
  const input = {
    TableName: table.name,
    Key: partKey(place, 'D'),
    UpdateExpression: 'SET #t = :value',
    // A text is stored by its content alone, so that equal texts are equal here too.
    ConditionExpression: was === undefined ? 'attribute_not_exists(#t)' : '#t = :was',
    ExpressionAttributeNames: { '#t': attribute },
    ExpressionAttributeValues: {
      ':value': stored([attribute, value]),
      ...(was !== undefined && { ':was': stored([attribute, was]) }),
    },
  };
  const isWritten = await updateIf(table, input).catch((error: unknown) => {
    throw sizeFault(error);
  });
  if (!isWritten) await backOff(0);
  return isWritten;
};
