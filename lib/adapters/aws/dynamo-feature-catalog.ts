import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { PageQuery } from '#contracts/common.ts';
import { FeatureDefinition } from '#contracts/features.ts';
import type { DefinitionFilter, DefinitionName, FeatureCatalog } from '#core/features/index.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { pageToken } from '../system/page-token.ts';
import { backOff } from './back-off.ts';
import {
  afterOf,
  getItem,
  type Item,
  isConflict,
  queryItems,
  queryPage,
  type Range,
  refusalFault,
  type Table,
  type WriteItems,
} from './dynamo-table.ts';

/**
 * CATALOG_TABLE: DEFINITION#{project}#{kind}#{name} / VERSION#{n}, and what stands for the newest one:
 * the same / LATEST; NEWEST / {project}#{kind}#{name} and KIND#{kind} / {project}#{name} for lists;
 * NAME#{kind}#{name} / {project} for who defines a name.
 */
const partition = ({ project, kind, name }: DefinitionName): string => `DEFINITION#${project}#${kind}#${name}`;
const versionKey = (version: number): string => `VERSION#${String(version).padStart(8, '0')}`;
const VERSIONS = 'VERSION#';

const newestKeys = (of: DefinitionName): { latest: Key; lists: Key[]; name: Key } => ({
  latest: { pk: partition(of), sk: 'LATEST' },
  lists: [
    { pk: 'NEWEST', sk: `${of.project}#${of.kind}#${of.name}` },
    { pk: `KIND#${of.kind}`, sk: `${of.project}#${of.name}` },
  ],
  name: { pk: `NAME#${of.kind}#${of.name}`, sk: of.project },
});
interface Key {
  readonly pk: string;
  readonly sk: string;
}

// An item ends at 400 KB, of which a tenth is left for what DynamoDB adds.
const MAX_BYTES = 360_000;

const packed = (definition: FeatureDefinition): Record<string, unknown> => {
  const text = JSON.stringify(definition);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_BYTES) return { version: definition.version, definition: JSON.parse(text) };
  const message =
    `${definition.kind} "${definition.name}" is too large: ${bytes} bytes, allowed are ${MAX_BYTES}; shorten ` +
    'descriptions and lists of values, or make two of it';
  throw new PlatformError('INVALID_REQUEST', message, { bytes });
};

const read = (item: Item): FeatureDefinition => FeatureDefinition.parse(item.definition);

const writesOf = (TableName: string, definition: FeatureDefinition): WriteItems => {
  const { latest, lists, name } = newestKeys(definition);
  const { pk } = latest;
  const { version } = definition;
  const item = packed(definition);
  const before: WriteItems =
    version === 1
      ? []
      : [
          {
            ConditionCheck: {
              TableName,
              Key: { pk, sk: versionKey(version - 1) },
              ConditionExpression: 'attribute_exists(pk)',
            },
          },
        ];
  return [
    ...before,
    {
      Put: {
        TableName,
        Item: { pk, sk: versionKey(version), ...item },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    ...[latest, ...lists].map((key) => ({ Put: { TableName, Item: { ...key, ...item } } })),
    { Put: { TableName, Item: { ...name, defined: true } } },
  ];
};

const transact = async (table: Table, writes: WriteItems, conflict: string): Promise<void> => {
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: writes }));
  } catch (error) {
    if (!isConflict(error)) throw refusalFault(error);
    await backOff(2);
    throw new PlatformError('REVISION_CONFLICT', conflict);
  }
};

const save = async (table: Table, definition: FeatureDefinition): Promise<void> => {
  const { kind, name, project, version } = definition;
  const conflict = `version ${version} of ${kind} "${name}" in project "${project}" is not the next one any more`;
  await transact(table, writesOf(table.name, definition), conflict);
};

// Nobody may delete items of the table, since versions lie in it: what stood for the newest one is emptied instead.
const retire = (table: Table, of: DefinitionName): Promise<void> => {
  const { latest, lists, name } = newestKeys(of);
  const writes = [latest, ...lists, name].map((Item) => ({ Put: { TableName: table.name, Item } }));
  return transact(table, writes, `${of.kind} "${of.name}" in project "${of.project}" changed meanwhile; try again`);
};

const listRange = ({ project, kind }: DefinitionFilter): Range => {
  if (project === undefined) return { pk: kind === undefined ? 'NEWEST' : `KIND#${kind}`, having: 'definition' };
  return { pk: 'NEWEST', prefix: kind === undefined ? `${project}#` : `${project}#${kind}#`, having: 'definition' };
};

interface Filtered {
  readonly range: Range;
  readonly where: (definition: FeatureDefinition) => boolean;
}
const READ_AT_ONCE = 200;

/** A page of what fits; it is looked for until the page is full and one more is known. */
const filtered = async (table: Table, { range, where }: Filtered, page: PageQuery) => {
  const { maxResults } = page;
  const found: Item[] = [];
  let after = afterOf(range, page);
  do {
    const some = await queryItems(table, { ...range, after, limit: READ_AT_ONCE });
    found.push(...some.filter((item) => where(read(item))));
    after = some.length < READ_AT_ONCE ? undefined : some.at(-1)?.sk;
  } while (after !== undefined && found.length <= maxResults);
  const items = found.slice(0, maxResults);
  const last = items.at(-1);
  return { items: items.map(read), ...(last && found.length > maxResults && { nextPageToken: pageToken(last.sk) }) };
};

/** FeatureCatalog on one DynamoDB table. */
export const dynamoFeatureCatalog = (client: DynamoDBDocumentClient, tableName: string): FeatureCatalog => {
  const table: Table = { client, name: tableName };
  const find = async (of: DefinitionName, sk: string): Promise<FeatureDefinition | undefined> => {
    const item = await getItem(table, partition(of), sk);
    return item?.definition === undefined ? undefined : read(item);
  };
  const page = async (range: Range, query: Parameters<FeatureCatalog['list']>[1]) => {
    const { items, ...rest } = await queryPage(table, range, query);
    return { items: items.map(read), ...rest };
  };
  return {
    latest: (project, kind, name) => find({ project, kind, name }, 'LATEST'),
    version: (of, version) => find(of, versionKey(version)),
    versions: (of, query) => page({ pk: partition(of), prefix: VERSIONS, reverse: true }, query),
    list: ({ where, ...of }, query) =>
      where ? filtered(table, { range: listRange(of), where }, query) : page(listRange(of), query),
    projectsOf: async (kind, name) =>
      (await queryItems(table, { pk: `NAME#${kind}#${name}`, having: 'defined' })).map(({ sk }) => sk),
    save: (definition) => save(table, definition),
    retire: (of) => retire(table, of),
  };
};
