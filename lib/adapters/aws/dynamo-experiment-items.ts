import { PlatformError } from '#core/shared/errors.ts';
import { getItem, type Item, type Table } from './dynamo-table.ts';
import { type Key, mayBeId } from './dynamo-tracking-keys.ts';

/** Partition of all experiments. */
export const EXPERIMENTS = 'EXPERIMENTS';

/** An experiment as it is stored. */
export const findItem = async (table: Table, experimentId: string): Promise<Item | undefined> =>
  mayBeId(experimentId) ? getItem(table, EXPERIMENTS, experimentId) : undefined;

// A partition key ends at 2,048 bytes. Names have 500 characters at most, so nobody has a longer one.
const MAX_NAME_BYTES = 2_000;
export const nameKey = (name: string): Key => ({ pk: `NAME#${name}`, sk: 'NAME' });

/** Id of the experiment that has the name, deleted or not. */
export const findByName = async (table: Table, name: string): Promise<string | undefined> => {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return undefined;
  const { pk, sk } = nameKey(name);
  const entry = await getItem(table, pk, sk);
  return entry?.experimentId === undefined ? undefined : String(entry.experimentId);
};

/** Gives the name to an experiment if nobody has it. */
export const takeName = (TableName: string, name: string, experimentId: string) => ({
  Put: {
    TableName,
    Item: { ...nameKey(name), experimentId },
    ConditionExpression: 'attribute_not_exists(experimentId)',
  },
});

/** A name that nobody has stays as an empty entry, so that nobody needs the right to delete. */
export const freeName = (TableName: string, name: string) => ({ Put: { TableName, Item: nameKey(name) } });

export const nameTaken = (name: string): PlatformError => {
  const message = `an experiment named "${name}" exists already, maybe deleted; take another name or use that one`;
  return new PlatformError('EXPERIMENT_EXISTS', message, { name });
};
