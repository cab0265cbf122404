import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { RunLinks } from '#core/tracking/index.ts';
import { chunks } from './chunks.ts';
import { datasetName, putDatasets } from './dynamo-datasets.ts';
import { DATASET_MARK, INPUT_MARK, OUTPUT_MARK } from './dynamo-details.ts';
import { sizeFault } from './dynamo-places.ts';
import type { Table } from './dynamo-table.ts';
import { experimentOf, type Place, partKey } from './dynamo-tracking-keys.ts';

type Attribute = readonly [name: string, value: unknown];

const attributesOf = ({ datasets = [], models = [], outputs = [] }: RunLinks): Attribute[] => {
  const all: Attribute[] = [
    // Of two the first stays, so later ones are written to the map before.
    ...datasets
      .toReversed()
      .map(
        (input): Attribute => [
          DATASET_MARK + datasetName(input),
          { name: input.name, digest: input.digest, tags: input.tags },
        ],
      ),
    ...models.map((modelId): Attribute => [INPUT_MARK + modelId, 1]),
    ...outputs.map(({ modelId, step }): Attribute => [`${OUTPUT_MARK}${modelId}#${step}`, 1]),
  ];
  return [...new Map(all)];
};

// An expression ends at 4 KB and 300 operators: 30 bytes an attribute.
const AN_UPDATE = 100;

const write = async (table: Table, place: Place, attributes: readonly Attribute[]): Promise<void> => {
  const input = {
    TableName: table.name,
    Key: partKey(place, 'D'),
    UpdateExpression: `SET ${attributes.map((_, i) => `#${i}=if_not_exists(#${i},:${i})`).join(',')}`,
    ExpressionAttributeNames: Object.fromEntries(attributes.map(([name], i) => [`#${i}`, name])),
    ExpressionAttributeValues: Object.fromEntries(attributes.map(([, value], i) => [`:${i}`, value])),
  };
  try {
    await table.client.send(new UpdateCommand(input));
  } catch (error) {
    throw sizeFault(error);
  }
};

/** Ties a run to data sets and logged models; what is tied already stays as it is. */
export const linkRun = async (table: Table, place: Place, links: RunLinks): Promise<void> => {
  const attributes = attributesOf(links);
  await putDatasets(table, experimentOf(place), [...(links.datasets ?? [])]);
  for (const some of chunks(attributes, AN_UPDATE)) await write(table, place, some);
};
