import { Experiment } from '#contracts/tracking.ts';
import type { ExperimentStore } from '#core/tracking/index.ts';
import { experimentTags, rename, setStage } from './dynamo-experiment-changes.ts';
import { EXPERIMENTS, findByName, findItem, nameTaken, takeName } from './dynamo-experiment-items.ts';
import { END, queryPages } from './dynamo-range.ts';
import type { Item, Table } from './dynamo-table.ts';
import { transactUntilDecided } from './transact-until-decided.ts';

const read = (item: Item): Experiment => Experiment.parse(item);

const create = async (table: Table, experiment: Experiment): Promise<void> => {
  const { experimentId, name } = experiment;
  const Item = { pk: EXPERIMENTS, sk: experimentId, ...experiment };
  const items = [
    takeName(table.name, name, experimentId),
    { Put: { TableName: table.name, Item, ConditionExpression: 'attribute_not_exists(pk)' } },
  ];
  if ((await transactUntilDecided(table, items)) === 'refused') throw nameTaken(name);
};

async function* scan(table: Table): AsyncGenerator<Experiment[]> {
  for await (const items of queryPages(table, { pk: EXPERIMENTS, low: '\u0000', high: END })) yield items.map(read);
}

/** Experiments on the tracking table. */
export const dynamoExperiments = (table: Table): ExperimentStore => {
  const find = async (experimentId: string): Promise<Experiment | undefined> => {
    const item = await findItem(table, experimentId);
    return item && read(item);
  };
  return {
    ...experimentTags(table),
    createExperiment: (experiment) => create(table, experiment),
    findExperiment: find,
    findExperimentByName: async (name) => {
      const experimentId = await findByName(table, name);
      return experimentId === undefined ? undefined : find(experimentId);
    },
    scanExperiments: () => scan(table),
    renameExperiment: (experimentId, change) => rename(table, experimentId, change),
    setExperimentStage: (experimentId, change) => setStage(table, experimentId, change),
  };
};
