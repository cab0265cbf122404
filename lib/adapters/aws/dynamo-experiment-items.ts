import { PlatformError } from '#core/shared/errors.ts';
import { getItem, type Table } from './dynamo-table.ts';
import type { Key } from './dynamo-tracking-keys.ts';

/** Partition of all experiments. */
export const EXPERIMENTS = 'EXPERIMENTS';

// A partition key ends at 2,048 bytes, and 500 characters stay below.
export const nameKey = (name: string): Key => ({ pk: `NAME#${name}`, sk: 'NAME' });

/** Id of the experiment that has the name, deleted or not. */
export const findByName = async (table: Table, name: string): Promise<string | undefined> => {
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
