import { PlatformError } from '#core/shared/errors.ts';
import { backOff } from './back-off.ts';
import { chunks } from './chunks.ts';
import { sizeFault } from './dynamo-places.ts';
import { getItem, type Item, putItems, type Table, updateIf } from './dynamo-table.ts';
import {
  type Entry,
  longItems,
  longKey,
  PARAM_MARK,
  paramEntries,
  stored,
  TAG_MARK,
  type Texts,
  tagEntries,
} from './dynamo-texts.ts';
import { mayBeKey, type Place, partKey } from './dynamo-tracking-keys.ts';

/** The D item that is written to. */
interface Target {
  readonly table: Table;
  readonly place: Place;
}

const SHOWN = 200;
const shown = (value: unknown): string => {
  const text = String(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
};

const changed = async ({ table, place }: Target, [attribute, text]: Entry, was: unknown): Promise<PlatformError> => {
  const key = attribute.slice(PARAM_MARK.length);
  const long = longKey(place, was);
  const before = long ? (await getItem(table, long.pk, long.sk))?.v : String(was).slice(1);
  const message = `param "${key}" is "${shown(before)}" already and never changes, got "${shown(text)}"; start another run`;
  return new PlatformError('PARAM_CHANGED', message, { key, stored: before, got: text });
};

/** The item as it stands. @throws PARAM_CHANGED when one of the params has another value already */
const refuseChanged = async (target: Target, params: readonly Entry[]): Promise<Item | undefined> => {
  const { pk, sk } = partKey(target.place, 'D');
  const item = await getItem(target.table, pk, sk);
  for (const entry of params) {
    const was = item?.[entry[0]];
    if (was !== undefined && was !== stored(entry)) throw await changed(target, entry, was);
  }
  return item;
};

interface Condition {
  readonly expression: string;
  readonly values?: Record<string, unknown>;
}

/** Each param on its own: whoever writes others meanwhile is not in the way. Params come first among the entries. */
const each = (params: readonly Entry[]): Condition => ({
  expression: params.map((_, i) => `(attribute_not_exists(#${i}) OR #${i}=:${i})`).join(' AND '),
});

/** Only as long as nobody wrote any param since the item was read. */
const unchangedSince = (item: Item | undefined): Condition =>
  item?.paramWrites === undefined
    ? { expression: 'attribute_not_exists(paramWrites)' }
    : { expression: 'paramWrites = :seen', values: { ':seen': item.paramWrites } };

const updateInput = ({ table, place }: Target, entries: readonly Entry[], condition?: Condition) => ({
  TableName: table.name,
  Key: partKey(place, 'D'),
  UpdateExpression: `SET ${entries.map((_, i) => `#${i}=:${i}`).join(',')}${condition ? ' ADD paramWrites :one' : ''}`,
  ...(condition && { ConditionExpression: condition.expression }),
  ExpressionAttributeNames: Object.fromEntries(entries.map(([name], i) => [`#${i}`, name])),
  ExpressionAttributeValues: {
    ...Object.fromEntries(entries.map((entry, i) => [`:${i}`, stored(entry)])),
    ...(condition && { ':one': 1 }),
    ...condition?.values,
  },
});

/** False when the condition does not hold. */
const write = async (target: Target, entries: readonly Entry[], condition?: Condition): Promise<boolean> => {
  try {
    return await updateIf(target.table, updateInput(target, entries, condition));
  } catch (error) {
    throw sizeFault(error);
  }
};

const ATTEMPTS = 10;
const busy = (): PlatformError =>
  new PlatformError('UNAVAILABLE', 'the parameters are being written by too many at once; try again');

// A condition ends at 300 operators, and a param needs four.
const PARAMS_A_CONDITION = 70;

const writeFew = async (target: Target, params: readonly Entry[], tags: readonly Entry[]): Promise<void> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (await write(target, [...params, ...tags], each(params))) return;
    await refuseChanged(target, params);
  }
  throw busy();
};

/** More params than one condition can name: compared before, and written if nobody came in between. */
const writeMany = async (target: Target, params: readonly Entry[], tags: readonly Entry[]): Promise<void> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const item = await refuseChanged(target, params);
    if (await write(target, [...params, ...tags], unchangedSince(item))) return;
    await backOff(attempt);
  }
  throw busy();
};

// An update ends at 4 KB of text: ten bytes an entry.
const PARAMS_AN_UPDATE = 100;
const TAGS_AN_UPDATE = 200;

const writeSome = (target: Target, params: readonly Entry[], tags: readonly Entry[]): Promise<void> =>
  (params.length > PARAMS_A_CONDITION ? writeMany : writeFew)(target, params, tags);

/**
 * Adds params and tags, in one write where one has room for them; as a rule nothing is read first, and writers at once
 * lose nothing of each other.
 * @throws PARAM_CHANGED, and then nothing is written (of more than a hundred params some may be, when another one is
 * written by someone else at the same moment)
 */
export const writeTexts = async (table: Table, place: Place, texts: Texts): Promise<void> => {
  const target = { table, place };
  const [params, tags] = [paramEntries(texts), tagEntries(texts)];
  await putItems(table, longItems(place, texts));
  if (params.length > 0 && params.length <= PARAMS_AN_UPDATE && tags.length <= PARAMS_AN_UPDATE)
    return writeSome(target, params, tags);
  if (params.length > PARAMS_AN_UPDATE) await refuseChanged(target, params);
  for (const some of chunks(params, PARAMS_AN_UPDATE)) await writeSome(target, some, []);
  for (const some of chunks(tags, TAGS_AN_UPDATE)) await write(target, some);
};

/** False when there is no such tag. */
export const deleteTag = async (table: Table, place: Place, key: string): Promise<boolean> => {
  if (!mayBeKey(key)) return false;
  const input = {
    TableName: table.name,
    Key: partKey(place, 'D'),
    UpdateExpression: 'REMOVE #t',
    ConditionExpression: 'attribute_exists(#t)',
    ExpressionAttributeNames: { '#t': TAG_MARK + key },
  };
  return updateIf(table, input);
};
