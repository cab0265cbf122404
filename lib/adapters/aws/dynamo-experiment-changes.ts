import { PlatformError } from '#core/shared/errors.ts';
import type { ExperimentStore, Stage } from '#core/tracking/index.ts';
import { backOff } from './back-off.ts';
import { EXPERIMENTS, findByName, findItem, freeName, nameTaken, takeName } from './dynamo-experiment-items.ts';
import { type Item, type Table, updateIf, type WriteItems } from './dynamo-table.ts';
import { mayBeId, mayBeKey, runPartition, STAGE_KEY, shards } from './dynamo-tracking-keys.ts';
import { transactUntilDecided } from './transact-until-decided.ts';

const ATTEMPTS = 8;
const tooMany = (): PlatformError =>
  new PlatformError('UNAVAILABLE', 'the experiment is changed by too many at once; try again in some seconds');

interface Renaming {
  readonly name: string;
  readonly atMs: number;
}

const renameWrites = (TableName: string, item: Item, { name, atMs }: Renaming): WriteItems => {
  const before = String(item.name);
  const Key = { pk: EXPERIMENTS, sk: item.sk };
  const update = {
    TableName,
    Key,
    UpdateExpression: 'SET #name = :name, lastUpdateTimeMs = :at',
    ConditionExpression: 'lifecycleStage = :active AND #name = :before',
    ExpressionAttributeNames: { '#name': 'name' },
    ExpressionAttributeValues: { ':name': name, ':at': atMs, ':active': 'active', ':before': before },
  };
  if (before === name) return [{ Update: update }];
  return [takeName(TableName, name, item.sk), freeName(TableName, before), { Update: update }];
};

/** Moves the name over in one transaction, so that it is never taken twice and never free in between. */
export const rename = async (table: Table, experimentId: string, change: Renaming): Promise<boolean> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const item = await findItem(table, experimentId);
    if (item?.lifecycleStage !== 'active') return false;
    const owner = await findByName(table, change.name);
    if (owner !== undefined && owner !== experimentId) throw nameTaken(change.name);
    if ((await transactUntilDecided(table, renameWrites(table.name, item, change))) === 'written') return true;
    await backOff(attempt);
  }
  throw tooMany();
};

interface StageChange {
  readonly stage: Stage;
  readonly atMs: number;
}

const stageWrites = (TableName: string, item: Item, { stage, atMs }: StageChange): WriteItems => {
  const change = Number(item.change ?? 0) + 1;
  const update = {
    TableName,
    Key: { pk: EXPERIMENTS, sk: item.sk },
    UpdateExpression: 'SET lifecycleStage = :stage, lastUpdateTimeMs = :at, #change = :change',
    ConditionExpression: 'lifecycleStage = :before',
    ExpressionAttributeNames: { '#change': 'change' },
    ExpressionAttributeValues: { ':stage': stage, ':at': atMs, ':change': change, ':before': item.lifecycleStage },
  };
  const stamps = shards.map((shard) => ({
    Put: { TableName, Item: { pk: runPartition(item.sk, shard), sk: STAGE_KEY, stage, change } },
  }));
  return [{ Update: update }, ...stamps];
};

/** One write for the experiment and one for every shard of its runs, however many those are. */
export const setStage = async (table: Table, experimentId: string, change: StageChange): Promise<boolean> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const item = await findItem(table, experimentId);
    if (!item || item.lifecycleStage === change.stage) return false;
    if ((await transactUntilDecided(table, stageWrites(table.name, item, change))) === 'written') return true;
    await backOff(attempt);
  }
  throw tooMany();
};

interface TagUpdate {
  readonly expression: string;
  readonly condition: string;
  readonly key: string;
  readonly values?: Record<string, unknown>;
}

const updateTag = async (table: Table, experimentId: string, update: TagUpdate): Promise<boolean> => {
  const input = {
    TableName: table.name,
    Key: { pk: EXPERIMENTS, sk: experimentId },
    UpdateExpression: update.expression,
    ConditionExpression: update.condition,
    ExpressionAttributeNames: { '#key': update.key },
    ...(update.values && { ExpressionAttributeValues: update.values }),
  };
  try {
    return await updateIf(table, input);
  } catch (error) {
    if (!(error instanceof Error) || !/item size/i.test(error.message)) throw error;
    throw new PlatformError('INVALID_REQUEST', 'an experiment holds at most 400 KB of tags; set fewer or shorter ones');
  }
};

type TagVerbs = Pick<ExperimentStore, 'setExperimentTag' | 'deleteExperimentTag'>;

/** Each tag on its own, so that writers at once lose nothing. */
export const experimentTags = (table: Table): TagVerbs => ({
  setExperimentTag: async (experimentId, key, value) =>
    mayBeId(experimentId) &&
    updateTag(table, experimentId, {
      key,
      expression: 'SET tags.#key = :value',
      condition: 'lifecycleStage = :active',
      values: { ':value': value, ':active': 'active' },
    }),
  deleteExperimentTag: async (experimentId, key) =>
    mayBeId(experimentId) &&
    mayBeKey(key) &&
    updateTag(table, experimentId, { key, expression: 'REMOVE tags.#key', condition: 'attribute_exists(tags.#key)' }),
});
