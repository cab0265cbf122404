import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { LoggedModel, type LoggedModelMetric } from '#contracts/tracking.ts';
import { PlatformError } from '#core/shared/errors.ts';
import type { LoggedModelStore } from '#core/tracking/index.ts';
import { readLatest } from '../system/metric-order.ts';
import { getItems, keyText } from './dynamo-batch-get.ts';
import { readLongTexts, textsOf } from './dynamo-details.ts';
import { codesOf, raiseLatest } from './dynamo-latest-points.ts';
import { placeFinder, placeItem, sizeFault, updateFields } from './dynamo-places.ts';
import { END, queryAll, queryPages } from './dynamo-range.ts';
import { type Item, putItems, refusalFault, type Table } from './dynamo-table.ts';
import { swapTag } from './dynamo-tag-swap.ts';
import { deleteTag, writeTexts } from './dynamo-text-writes.ts';
import { longItems, textAttributes } from './dynamo-texts.ts';
import {
  latestKeys,
  mayBeId,
  modelPartition,
  modelPlace,
  type Part,
  type Place,
  partKey,
  shards,
  sortOf,
} from './dynamo-tracking-keys.ts';

/** A point's name within its model: of every (key, data set, run) there is one latest. */
const pointName = ({ key, datasetName, datasetDigest, runId }: LoggedModelMetric): string =>
  JSON.stringify([key, datasetName ?? null, datasetDigest ?? null, runId]);

const pointOf = (modelId: string, [name, code]: [string, string]): LoggedModelMetric => {
  const [key, datasetName, datasetDigest, runId] = JSON.parse(name) as [string, string | null, string | null, string];
  const data = { ...(datasetName !== null && { datasetName }), ...(datasetDigest !== null && { datasetDigest }) };
  return { ...readLatest(key, code), modelId, runId, ...data };
};

interface ModelItems {
  readonly place: Place;
  readonly info: Item;
  readonly item: Item | undefined;
  readonly points: readonly Item[];
}

const modelsOf = async (table: Table, all: readonly ModelItems[]): Promise<LoggedModel[]> => {
  const long = await readLongTexts(table, all);
  return all.map(({ info, points, ...details }) => {
    const metrics = codesOf(points).map((named) => pointOf(String(info.modelId), named));
    return LoggedModel.parse({ ...info, ...textsOf(details, long), metrics });
  });
};

const findModel = async (table: Table, place: Place): Promise<LoggedModel | undefined> => {
  const found = await getItems(table, [partKey(place, 'A'), partKey(place, 'D'), ...latestKeys(place)]);
  const at = (key: { pk: string; sk: string }): Item | undefined => found.get(keyText(key));
  const info = at(partKey(place, 'A'));
  const points = latestKeys(place).flatMap((key) => at(key) ?? []);
  return info && (await modelsOf(table, [{ place, info, item: at(partKey(place, 'D')), points }]))[0];
};

const create = async (table: Table, model: LoggedModel): Promise<void> => {
  const place = modelPlace(model);
  const { params, tags, metrics, ...info } = model;
  await putItems(table, longItems(place, model));
  const writes = [
    placeItem('MODEL', model.modelId, place),
    { ...partKey(place, 'A'), ...info },
    { ...partKey(place, 'D'), ...textAttributes({ params, tags }) },
  ].map((Item) => ({ Put: { TableName: table.name, Item } }));
  await table.client.send(new TransactWriteCommand({ TransactItems: writes })).catch((error: unknown) => {
    throw refusalFault(sizeFault(error));
  });
};

async function* scanShard(table: Table, pk: string): AsyncGenerator<LoggedModel[]> {
  for await (const infos of queryPages(table, { pk, low: 'A#', high: `A#${END}` })) {
    const sorts = infos.map(sortOf);
    const partOf = async (part: Part) =>
      Map.groupBy(
        await queryAll(table, { pk, low: `${part}#${sorts[0]}`, high: `${part}#${sorts.at(-1)}${END}` }),
        sortOf,
      );
    const [details, points] = await Promise.all([partOf('D'), partOf('M')]);
    yield await modelsOf(
      table,
      infos.map((info) => {
        const sort = sortOf(info);
        return { place: { pk, sort }, info, item: details.get(sort)?.[0], points: points.get(sort) ?? [] };
      }),
    );
  }
}

async function* scan(table: Table, experimentId: string): AsyncGenerator<LoggedModel[]> {
  if (mayBeId(experimentId)) for (const shard of shards) yield* scanShard(table, modelPartition(experimentId, shard));
}

const noModel = (modelId: string): PlatformError =>
  new PlatformError('LOGGED_MODEL_NOT_FOUND', `there is no logged model "${modelId}"`, { modelId });

/** Logged models on the tracking table: they consist of the same parts as runs. */
export const dynamoLoggedModels = (table: Table): LoggedModelStore => {
  const find = placeFinder(table, 'MODEL');
  const placed = async (modelId: string): Promise<Place> => {
    const place = await find(modelId);
    if (!place) throw noModel(modelId);
    return place;
  };
  return {
    createLoggedModel: (model) => create(table, model),
    findLoggedModel: async (modelId) => {
      const place = await find(modelId);
      return place && findModel(table, place);
    },
    updateLoggedModel: async (modelId, change) =>
      void (await updateFields(table, partKey(await placed(modelId), 'A'), change)),
    describeLoggedModel: async (modelId, texts) => writeTexts(table, await placed(modelId), texts),
    deleteLoggedModelTag: async (modelId, key) => deleteTag(table, await placed(modelId), key),
    swapLoggedModelTag: async (modelId, swap) => swapTag(table, await placed(modelId), swap),
    logModelMetrics: async (modelId, points) =>
      raiseLatest(table, await placed(modelId), { points, nameOf: pointName }),
    scanLoggedModels: (experimentId) => scan(table, experimentId),
  };
};
