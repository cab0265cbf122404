import { Experiment } from '#contracts/tracking.ts';
import { PlatformError } from '#core/shared/errors.ts';
import type { TrackingStore } from '#core/tracking/index.ts';
import { getItem, type Item, queryPage, type Table } from './dynamo-table.ts';
import { transactUntilDecided } from './transact-until-decided.ts';

const PARTITION = 'EXPERIMENTS';
const namePartition = (name: string): string => `NAME#${name}`;
const read = (item: Item): Experiment => Experiment.parse(item);

const nameTaken = (name: string): PlatformError => {
  const message = `an experiment named "${name}" exists already, maybe deleted; take another name or use that one`;
  return new PlatformError('EXPERIMENT_EXISTS', message, { name });
};

const create = async (table: Table, experiment: Experiment): Promise<void> => {
  const { experimentId, name } = experiment;
  const fresh = { TableName: table.name, ConditionExpression: 'attribute_not_exists(pk)' };
  const items = [
    { Put: { ...fresh, Item: { pk: namePartition(name), sk: 'NAME', experimentId } } },
    { Put: { ...fresh, Item: { pk: PARTITION, sk: experimentId, ...experiment } } },
  ];
  if ((await transactUntilDecided(table, items)) === 'refused') throw nameTaken(name);
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
