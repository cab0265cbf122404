import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { RegisteredModel, RegistryChange } from '#contracts/registry.ts';
import type { FoundVersion, ModelRecord, NameRecord, RegistryStore, StoredVersion } from '#core/registry/index.ts';
import { getItems } from './dynamo-batch-get.ts';
import { commitRegistry } from './dynamo-registry-commit.ts';
import {
  historyPartition,
  MODELS,
  modelPartition,
  onceKey,
  runPartition,
  sequenceKey,
  VERSION_PREFIX,
  versionKey,
} from './dynamo-registry-keys.ts';
import { getItem, type Item, queryItems, queryPage, type Table } from './dynamo-table.ts';

const readModel = (live: unknown): ModelRecord => {
  const record = live as ModelRecord;
  return { ...record, model: RegisteredModel.parse(record.model) };
};

const readName = ({ revision, live, past }: Item): NameRecord => ({
  revision: Number(revision),
  ...(live !== undefined && { live: readModel(live) }),
  past: past as NameRecord['past'],
});

const findVersions = async (table: Table, wanted: readonly { modelKey: string; version: number }[]) => {
  const items = await getItems(
    table,
    wanted.map(({ modelKey, version }) => ({ pk: modelPartition(modelKey), sk: versionKey(version) })),
  );
  return [...items.values()].flatMap(({ pk, version }): FoundVersion[] =>
    version === undefined ? [] : [{ modelKey: pk.slice(modelPartition('').length), version: version as StoredVersion }],
  );
};

/** The place of a record; NaN where the platform puts none. */
const positionOf = (sk: string): number => (sequenceKey(Number(sk)) === sk ? Number(sk) : Number.NaN);

/** A record where it belongs. What somebody put elsewhere, or is none, answers nothing; readHistory tells of it. */
const recordIn = ({ sk, change }: Item): RegistryChange[] => {
  const parsed = RegistryChange.safeParse(change);
  return parsed.success && sequenceKey(parsed.data.sequence) === sk ? [parsed.data] : [];
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
    listNames: async (page) => {
      const { items, ...rest } = await queryPage(table, { pk: MODELS }, page);
      return { items: items.map((item) => ({ name: item.sk, record: readName(item) })), ...rest };
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
      return { items: items.flatMap(recordIn), ...rest };
    },
    readHistory: async (modelKey) => {
      const items = await queryItems(table, { pk: historyPartition(modelKey) });
      return items.map(({ sk, change }) => ({ position: positionOf(sk), content: change }));
    },
  };
};
