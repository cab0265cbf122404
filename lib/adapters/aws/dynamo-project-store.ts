import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { Project, ProjectVersion } from '#contracts/project.ts';
import type { ProjectStore } from '#core/pipelines/index.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { backOff, getItem, type Item, queryPage, refusals, type Table } from './dynamo-table.ts';

// An item ends at 400 KB; texts shrink to a fifth.
const MAX_BYTES = 350_000;
const compress = promisify(gzip);
const expand = promisify(gunzip);

/** PROJECTS_TABLE: PROJECT#{name} / VERSION#{n} and LATEST (a whole copy), PROJECTS / {name} for the list. */
const partition = (name: string): string => `PROJECT#${name}`;
const versionKey = (version: number): string => `VERSION#${String(version).padStart(8, '0')}`;

const pack = async (files: ProjectVersion['files']): Promise<Uint8Array> => {
  const packed = await compress(JSON.stringify(files));
  if (packed.byteLength <= MAX_BYTES) return packed;
  const message = `the project's files are ${packed.byteLength} bytes compressed, allowed are ${MAX_BYTES}; keep data out of it`;
  throw new PlatformError('PROJECT_INVALID', message, { bytes: packed.byteLength });
};

const read = async (item: Item): Promise<ProjectVersion> => {
  const files = JSON.parse((await expand(item.packedFiles as Uint8Array)).toString());
  return ProjectVersion.parse({ ...item, files });
};

const writesOf = (table: Table, version: ProjectVersion, packedFiles: Uint8Array) => {
  const { files: _, ...facts } = version;
  const pk = partition(version.project.name);
  const TableName = table.name;
  const item = { ...facts, packedFiles };
  const isNext =
    version.version === 1
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : { ConditionExpression: 'version = :n', ExpressionAttributeValues: { ':n': version.version - 1 } };
  const fresh = { ConditionExpression: 'attribute_not_exists(pk)' };
  return [
    { Put: { TableName, Item: { pk, sk: 'LATEST', ...item }, ...isNext } },
    { Put: { TableName, Item: { pk, sk: versionKey(version.version), ...item }, ...fresh } },
    { Put: { TableName, Item: { pk: 'PROJECTS', sk: version.project.name, project: version.project } } },
  ];
};

const save = async (table: Table, version: ProjectVersion): Promise<void> => {
  const packed = await pack(version.files);
  // What is read must be what was applied, so both sides pass through JSON's idea of the project.
  const plain = JSON.parse(JSON.stringify(version)) as ProjectVersion;
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: writesOf(table, plain, packed) }));
  } catch (error) {
    if (!refusals(error)) throw error;
    await backOff(2);
    const message = `version ${version.version} of project "${version.project.name}" is not the next one any more`;
    throw new PlatformError('REVISION_CONFLICT', message);
  }
};

/** ProjectStore on one DynamoDB table. */
export const dynamoProjectStore = (client: DynamoDBDocumentClient, tableName: string): ProjectStore => {
  const table: Table = { client, name: tableName };
  const find = async (name: string, sk: string): Promise<ProjectVersion | undefined> => {
    const item = await getItem(table, partition(name), sk);
    return item && read(item);
  };
  return {
    latest: (name) => find(name, 'LATEST'),
    version: (name, version) => find(name, versionKey(version)),
    save: (version) => save(table, version),
    list: async (page) => {
      const { items, ...rest } = await queryPage(table, { pk: 'PROJECTS' }, page);
      return { items: items.map((item) => Project.parse(item.project)), ...rest };
    },
  };
};
