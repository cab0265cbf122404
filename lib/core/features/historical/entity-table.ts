import { Source } from '#contracts/sources.ts';
import { PlatformError } from '../../shared/errors.ts';
import type { ObjectStore } from '../../shared/ports.ts';
import type { ResolvedFeatures } from '../catalog/index.ts';
import { loadSource } from '../load-source.ts';
import type { Tables } from '../ports.ts';
import { fetchSource } from '../raw-files.ts';
import type { NamedSource } from '../raw-source.ts';
import type { Relation } from '../relation.ts';
import { identifier } from '../sql-text.ts';

const TABLE = 'entity rows';

const formats: readonly (readonly [RegExp, Source['format']])[] = [
  [/\.parquet$/i, 'parquet'],
  [/\.(json|jsonl|ndjson)(\.(gz|zst))?$/i, 'json'],
];

/** A file of entity rows below a project's raw prefix; its ending says its format. @throws INVALID_REQUEST */
export const entitySource = (project: string, path: string): NamedSource => {
  const format = formats.find(([ending]) => ending.test(path))?.[1] ?? 'csv';
  const source = Source.safeParse({ path, format });
  if (source.success) return { project, name: 'entities', source: source.data };
  const problem = source.error.issues[0]?.message ?? 'it is no path';
  throw new PlatformError('INVALID_REQUEST', `entities.path "${path.slice(0, 200)}": ${problem}`, { path });
};

/** Ids and text fields stay text, whatever they look like. */
const textColumns = ({ views, onDemand }: ResolvedFeatures): string[] => {
  const keys = views.flatMap(({ version }) => version.entities.filter(({ type }) => type === 'string'));
  const fields = onDemand.flatMap(({ version }) => version.view.requestFields.filter(({ type }) => type === 'string'));
  return [...keys.map(({ joinKey }) => joinKey), ...fields.map(({ name }) => name)].map((name) => name.toLowerCase());
};

/** What a table of entity rows is called and has. */
export const entityRelation = async (
  tables: Tables,
  { table, isText }: { table: string; isText: boolean },
): Promise<Relation> => {
  const from = identifier(table);
  return { from, called: 'the entity table', columns: await tables.columnsOf(`FROM ${from}`), isText };
};

/** Reads entity rows from files. @throws SOURCE_MISSING, SOURCE_EMPTY, SOURCE_INVALID */
export const readEntityFiles = async (
  objects: ObjectStore,
  tables: Tables,
  { named, features }: { named: NamedSource; features: ResolvedFeatures },
): Promise<Relation> => {
  const files = await fetchSource(objects, tables, named);
  await loadSource(tables, { ...named, files, table: TABLE, textColumns: textColumns(features) });
  return entityRelation(tables, { table: TABLE, isText: named.source.format !== 'parquet' });
};
