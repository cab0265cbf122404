import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { NameWrite, RegistryCommit } from '#core/registry/index.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { backOff } from './back-off.ts';
import {
  historyPartition,
  MODELS,
  modelPartition,
  onceKey,
  runPartition,
  sequenceKey,
  versionKey,
} from './dynamo-registry-keys.ts';
import { isConflict, refusalFault, type Table, type WriteItems } from './dynamo-table.ts';

const guard = (expectedRevision: number) =>
  expectedRevision === 0
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'revision = :r', ExpressionAttributeValues: { ':r': expectedRevision } };

const nameWrite = (TableName: string, { name, record, expectedRevision }: NameWrite) => ({
  Put: { TableName, Item: { pk: MODELS, sk: name, ...record }, ...guard(expectedRevision) },
});

/** What is written once and never over. */
const freshItems = (step: RegistryCommit) => {
  const { modelKey, changes, key } = step;
  const pk = modelPartition(modelKey);
  return [
    ...changes.map((change) => ({ pk: historyPartition(modelKey), sk: sequenceKey(change.sequence), change })),
    ...(key ? [{ pk, sk: onceKey(key.idempotencyKey), version: key.version }] : []),
  ];
};

/** Of a version that is registered: where its run finds it. */
const runItems = ({ modelKey, changes, versions }: RegistryCommit) =>
  changes.flatMap(({ kind, version: number, name }) => {
    const runId = versions.find(({ version }) => version === number)?.runId;
    if (kind !== 'registered' || number === undefined || runId === undefined) return [];
    return [{ pk: runPartition(runId), sk: `${modelKey}#${sequenceKey(number)}`, modelKey, name, version: number }];
  });

const versionItems = ({ modelKey, versions, deletedVersions = [] }: RegistryCommit) => {
  const pk = modelPartition(modelKey);
  return [
    ...versions.map((version) => ({ pk, sk: versionKey(version.version), version })),
    // Nobody may delete items of this table, so what goes is marked.
    ...deletedVersions.map((number) => ({ pk, sk: versionKey(number), deleted: true })),
  ];
};

const writesOf = (TableName: string, step: RegistryCommit): WriteItems => [
  ...step.names.map((name) => nameWrite(TableName, name)),
  ...[...versionItems(step), ...runItems(step)].map((Item) => ({ Put: { TableName, Item } })),
  ...freshItems(step).map((Item) => ({
    Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' },
  })),
];

/** An item above 400 KB, or a step above 4 MB: DynamoDB looks at neither condition then. */
const isTooLarge = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'ValidationException' && /size/i.test(error.message);

const tooLarge = ({ names }: RegistryCommit, { message }: Error): PlatformError => {
  const model = names.map(({ name }) => name).join('", "');
  const remedy = 'a version or a model holds at most 400 KB of tags and texts; shorten or delete some';
  return new PlatformError(
    'INVALID_REQUEST',
    `this change of model "${model}" cannot be stored: ${message}; ${remedy}`,
  );
};

/** @throws REVISION_CONFLICT when someone was faster, INVALID_REQUEST when it is too large */
export const commitRegistry = async (table: Table, step: RegistryCommit): Promise<void> => {
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: writesOf(table.name, step) }));
  } catch (error) {
    if (isTooLarge(error)) throw tooLarge(step, error);
    if (!isConflict(error)) throw refusalFault(error);
    // Whoever was refused tries again at once, so the wait that keeps callers apart is here.
    await backOff(2);
    const names = step.names.map(({ name }) => name);
    throw new PlatformError('REVISION_CONFLICT', `model "${names.join('", "')}" changed meanwhile; read it again`, {
      names,
    });
  }
};
