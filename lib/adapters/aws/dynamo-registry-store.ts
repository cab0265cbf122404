import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { RegisteredModel, RegistryChange } from '#contracts/registry.ts';
import type { ModelRecord, RegistryCommit, RegistryStore, StoredVersion } from '#core/registry/index.ts';
import { PlatformError } from '#core/shared/errors.ts';
import {
  backOff,
  getItem,
  type Item,
  isConflict,
  queryPage,
  refusalFault,
  type Table,
  type WriteItems,
} from './dynamo-table.ts';

/**
 * REGISTRY_TABLE:
 * - MODELS / {name}                                 the model with its revision: every change goes through it
 * - MODEL#{name} / V#{version}                      a version
 * - MODEL#{name} / C#{revision}#{index}             an immutable record of a change
 * - MODEL#{name} / K#{idempotency key}              the version that was registered under a caller's key
 */
const MODELS = 'MODELS';
const partition = (name: string): string => `MODEL#${name}`;
const padded = (number: number): string => String(number).padStart(10, '0');
const versionKey = (version: number): string => `V#${padded(version)}`;

const readRecord = (item: Item): ModelRecord => ({
  model: RegisteredModel.parse(item.model),
  revision: Number(item.revision),
  staged: item.staged as ModelRecord['staged'],
});

const guard = (step: RegistryCommit) =>
  step.expectedRevision === 0
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'revision = :r', ExpressionAttributeValues: { ':r': step.expectedRevision } };

const writesOf = (step: RegistryCommit, TableName: string): WriteItems => {
  const { record, versions, changes, key } = step;
  const { name } = record.model;
  const pk = partition(name);
  const fresh = { TableName, ConditionExpression: 'attribute_not_exists(pk)' };
  return [
    { Put: { TableName, Item: { pk: MODELS, sk: name, ...record }, ...guard(step) } },
    ...versions.map((version) => ({
      Put: { TableName, Item: { pk, sk: versionKey(version.version), version } },
    })),
    ...changes.map((change, i) => ({
      Put: { ...fresh, Item: { pk, sk: `C#${padded(record.revision)}#${String(i).padStart(3, '0')}`, change } },
    })),
    ...(key ? [{ Put: { ...fresh, Item: { pk, sk: `K#${key.idempotencyKey}`, version: key.version } } }] : []),
  ];
};

const commit = async (table: Table, step: RegistryCommit): Promise<void> => {
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: writesOf(step, table.name) }));
  } catch (error) {
    if (!isConflict(error)) throw refusalFault(error);
    // Whoever was refused tries again at once, so the wait that keeps callers apart is here.
    await backOff(2);
    const { name } = step.record.model;
    throw new PlatformError('REVISION_CONFLICT', `model "${name}" changed meanwhile; read it again`, { name });
  }
};

/** RegistryStore on one DynamoDB table. */
export const dynamoRegistryStore = (client: DynamoDBDocumentClient, tableName: string): RegistryStore => {
  const table: Table = { client, name: tableName };
  return {
    find: async (name) => {
      const item = await getItem(table, MODELS, name);
      return item && readRecord(item);
    },
    findVersion: async (name, version) =>
      (await getItem(table, partition(name), versionKey(version)))?.version as StoredVersion | undefined,
    findByKey: async (name, key) => (await getItem(table, partition(name), `K#${key}`))?.version as number | undefined,
    commit: (step) => commit(table, step),
    listModels: async (page) => {
      const { items, ...rest } = await queryPage(table, { pk: MODELS }, page);
      return { items: items.map((item) => readRecord(item).model), ...rest };
    },
    listVersions: async (name, page) => {
      const { items, ...rest } = await queryPage(table, { pk: partition(name), prefix: 'V#', reverse: true }, page);
      return { items: items.map((item) => item.version as StoredVersion), ...rest };
    },
    listChanges: async (name, page) => {
      const { items, ...rest } = await queryPage(table, { pk: partition(name), prefix: 'C#', reverse: true }, page);
      return { items: items.map((item) => RegistryChange.parse(item.change)), ...rest };
    },
  };
};
