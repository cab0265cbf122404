import { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { Project, ProjectVersion } from '#contracts/project.ts';
import type { ProjectStore } from '#core/pipelines/index.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { backOff } from './back-off.ts';
import { getItem, type Item, isConflict, queryPage, refusalFault, type Table } from './dynamo-table.ts';

// An item ends at 400 KB, of which a tenth is left for what DynamoDB adds; texts shrink to a fifth.
const MAX_BYTES = 360_000;
const compress = promisify(gzip);
const expand = promisify(gunzip);

/** PROJECTS_TABLE: PROJECT#{name} / VERSION#{n} and LATEST (a whole copy), PROJECTS / {name} for the list. */
const partition = (name: string): string => `PROJECT#${name}`;
const versionKey = (version: number): string => `VERSION#${String(version).padStart(8, '0')}`;

const pack = async ({ files, ...facts }: ProjectVersion): Promise<Uint8Array> => {
  const packed = await compress(JSON.stringify(files));
  const projectBytes = Buffer.byteLength(JSON.stringify(facts));
  const bytes = packed.byteLength + projectBytes;
  if (bytes <= MAX_BYTES) return packed;
  const message =
    `the project is too large: ${packed.byteLength} bytes of files compressed and ${projectBytes} bytes of settings, ` +
    `allowed are ${MAX_BYTES} together; keep data out of it`;
  throw new PlatformError('PROJECT_INVALID', message, { fileBytes: packed.byteLength, projectBytes });
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
  const packed = await pack(version);
  // What is read must be what was applied, so both sides pass through JSON's idea of the project.
  const plain = JSON.parse(JSON.stringify(version)) as ProjectVersion;
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: writesOf(table, plain, packed) }));
  } catch (error) {
    if (!isConflict(error)) throw refusalFault(error);
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
