import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { RegisteredModel, RegistryChange } from '#contracts/registry.ts';
import type { FoundVersion, ModelRecord, NameRecord, RegistryStore, StoredVersion } from '#core/registry/index.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { commitRegistry } from './dynamo-registry-commit.ts';
import {
  historyPartition,
  MODELS,
  modelPartition,
  onceKey,
  runPartition,
  VERSION_PREFIX,
  versionKey,
} from './dynamo-registry-keys.ts';
import { backOff, getItem, type Item, queryItems, queryPage, type Table } from './dynamo-table.ts';

const readModel = (live: unknown): ModelRecord => {
  const record = live as ModelRecord;
  return { ...record, model: RegisteredModel.parse(record.model) };
};

const readName = ({ revision, live, past }: Item): NameRecord => ({
  revision: Number(revision),
  ...(live !== undefined && { live: readModel(live) }),
  past: past as NameRecord['past'],
});

const BATCH = 100;
const ATTEMPTS = 8;
type Keys = { pk: string; sk: string }[];

const readBatch = async (table: Table, batch: Keys): Promise<Item[]> => {
  const items: Item[] = [];
  let left: Record<string, unknown>[] = batch;
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt === ATTEMPTS)
      throw new PlatformError('UNAVAILABLE', `table ${table.name} is throttled; try again in some seconds`);
    if (attempt > 0) await backOff(attempt);
    const request = { [table.name]: { Keys: left, ConsistentRead: true } };
    const reply = await table.client.send(new BatchGetCommand({ RequestItems: request }));
    items.push(...((reply.Responses?.[table.name] ?? []) as Item[]));
    left = reply.UnprocessedKeys?.[table.name]?.Keys ?? [];
  }
  return items;
};

const findVersions = async (table: Table, wanted: readonly { modelKey: string; version: number }[]) => {
  const keys = wanted.map(({ modelKey, version }) => ({ pk: modelPartition(modelKey), sk: versionKey(version) }));
  const batches = Array.from({ length: Math.ceil(keys.length / BATCH) }, (_, i) =>
    keys.slice(i * BATCH, (i + 1) * BATCH),
  );
  const items = (await Promise.all(batches.map((batch) => readBatch(table, batch)))).flat();
  return items.flatMap(({ pk, version }): FoundVersion[] =>
    version === undefined ? [] : [{ modelKey: pk.slice(modelPartition('').length), version: version as StoredVersion }],
  );
};

/** RegistryStore on one DynamoDB table; see dynamo-registry-keys.ts for what lies where. */
export const dynamoRegistryStore = (client: DynamoDBDocumentClient, tableName: string): RegistryStore => {
  const table: Table = { client, name: tableName };
  return {
    findName: async (name) => {
      const item = await getItem(table, MODELS, name);
      return item && readName(item);
    },
    findVersion: async (modelKey, version) =>
      (await getItem(table, modelPartition(modelKey), versionKey(version)))?.version as StoredVersion | undefined,
    findVersions: (wanted) => findVersions(table, wanted),
    findByKey: async (modelKey, key) =>
      (await getItem(table, modelPartition(modelKey), onceKey(key)))?.version as number | undefined,
    commit: (step) => commitRegistry(table, step),
    listModels: async (page) => {
      const { items, ...rest } = await queryPage(table, { pk: MODELS, having: 'live' }, page);
      return { items: items.map(({ live }) => readModel(live)), ...rest };
    },
    listVersions: async (modelKey, page) => {
      const range = { pk: modelPartition(modelKey), prefix: VERSION_PREFIX, reverse: true, having: 'version' };
      const { items, ...rest } = await queryPage(table, range, page);
      return { items: items.map(({ version }) => version as StoredVersion), ...rest };
    },
    versionsOfRun: async (runId) => {
      const items = await queryItems(table, { pk: runPartition(runId) });
      return items.map((item) => ({
        modelKey: String(item.modelKey),
        name: String(item.name),
        version: Number(item.version),
      }));
    },
    listChanges: async (modelKey, page) => {
      const { items, ...rest } = await queryPage(table, { pk: historyPartition(modelKey), reverse: true }, page);
      return { items: items.map((item) => RegistryChange.parse(item.change)), ...rest };
    },
    readHistory: async (modelKey) => {
      const items = await queryItems(table, { pk: historyPartition(modelKey) });
      return items.map(({ sk, change }) => ({ position: Number(sk), content: change }));
    },
  };
};
