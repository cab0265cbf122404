import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { Experiment } from '#contracts/tracking.ts';
import { PlatformError } from '#core/shared/errors.ts';
import type { TrackingStore } from '#core/tracking/index.ts';
import { getItem, type Item, queryPage, refusals, type Table } from './dynamo-table.ts';

const PARTITION = 'EXPERIMENTS';
const namePartition = (name: string): string => `NAME#${name}`;
const read = (item: Item): Experiment => Experiment.parse(item);

const create = async (table: Table, experiment: Experiment): Promise<void> => {
  const { experimentId, name } = experiment;
  const fresh = { TableName: table.name, ConditionExpression: 'attribute_not_exists(pk)' };
  const items = [
    { Put: { ...fresh, Item: { pk: namePartition(name), sk: 'NAME', experimentId } } },
    { Put: { ...fresh, Item: { pk: PARTITION, sk: experimentId, ...experiment } } },
  ];
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: items }));
  } catch (error) {
    // A conflict means that someone is creating the same name at this moment.
    if (!refusals(error)) throw error;
    const message = `an experiment named "${name}" exists already, maybe deleted; take another name or use that one`;
    throw new PlatformError('EXPERIMENT_EXISTS', message, { name });
  }
};

type ExperimentVerbs = Pick<
  TrackingStore,
  'createExperiment' | 'findExperiment' | 'findExperimentByName' | 'listExperiments'
>;

/** Experiments on the tracking table. */
export const dynamoExperiments = (table: Table): ExperimentVerbs => {
  const find = async (experimentId: string): Promise<Experiment | undefined> => {
    const item = await getItem(table, PARTITION, experimentId);
    return item && read(item);
  };
  return {
    createExperiment: (experiment) => create(table, experiment),
    findExperiment: find,
    findExperimentByName: async (name) => {
      const entry = await getItem(table, namePartition(name), 'NAME');
      return entry && find(String(entry.experimentId));
    },
    listExperiments: async (page) => {
      const { items, ...rest } = await queryPage(table, { pk: PARTITION, reverse: true }, page);
      return { items: items.map(read), ...rest };
    },
  };
};
