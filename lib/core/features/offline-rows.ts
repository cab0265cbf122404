import type { Entity } from '#contracts/feature-views.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import { PlatformError } from '../shared/errors.ts';
import { datasetRows } from './offline-rows/dataset-rows.ts';
import { pushedRows } from './offline-rows/pushed-rows.ts';
import type { OfflineDeps, ViewRowsRequest } from './offline-rows/request.ts';
import { sourceTable } from './offline-rows/source-table.ts';
import type { Tables } from './ports.ts';
import { findFiles } from './raw-files.ts';
import type { Relation } from './relation.ts';
import { CREATED_TIMESTAMP, EVENT_TIMESTAMP } from './row-times.ts';
import { identifier, timestampLiteral } from './sql-text.ts';
import { timeSql } from './time-columns.ts';
import { featureSql, keySql, sqlTypes } from './typed-columns.ts';

export type { OfflineDeps, ViewRowsRequest };

/** Column with the time at which the values of a row became known. UTC. */

const sourceRows = async (tables: Tables, version: FeatureViewVersion, relation: Relation): Promise<string> => {
  const { view, entities, source } = version;
  if (source?.timestamp === undefined)
    throw new PlatformError(
      'PROJECT_INVALID',
      `view "${view.name}" reads the source "${view.source}", which names no timestamp; say in project.yaml which ` +
        'column holds the time at which a row became true',
      { view: view.name, source: view.source },
    );
  const event = await timeSql(tables, relation, source.timestamp);
  const created = source.created === undefined ? event : await timeSql(tables, relation, source.created);
  const columns = entities.map((entity) => `${keySql(relation, entity)} AS ${identifier(entity.joinKey)}`);
  columns.push(`${event} AS ${EVENT_TIMESTAMP}`, `coalesce(${created}, ${event}) AS ${CREATED_TIMESTAMP}`);
  for (const feature of view.features)
    columns.push(`${await featureSql(tables, relation, feature)} AS ${identifier(feature.name)}`);
  return `SELECT ${columns.join(', ')} FROM ${relation.from}`;
};

// A view that nobody has given a value to yet is a table without rows.
const noRows = ({ view, entities }: FeatureViewVersion): string => {
  const empty = (name: string, type: string) => `CAST(NULL AS ${type}) AS ${identifier(name)}`;
  const columns = [
    ...entities.map(({ joinKey, type }) => empty(joinKey, type === 'string' ? 'VARCHAR' : 'BIGINT')),
    empty(EVENT_TIMESTAMP, 'TIMESTAMP'),
    empty(CREATED_TIMESTAMP, 'TIMESTAMP'),
    ...view.features.map(({ name, type }) => empty(name, sqlTypes[type])),
  ];
  return `SELECT ${columns.join(', ')} WHERE false`;
};

// An id of blanks is no id. What begins with a letter or a digit is none of blanks, and is told by its first bytes.
const isThere = ({ joinKey, type }: Entity): string => {
  const key = identifier(joinKey);
  return type === 'string' ? `(${key} >= '!' OR trim(${key}) <> '')` : `${key} IS NOT NULL`;
};

const filters = ({ version, from, to }: ViewRowsRequest): string[] => [
  ...version.entities.map(isThere),
  // Without a time, or at the end of all times, it is true at no moment; a ttl would never end it.
  `isfinite(${EVENT_TIMESTAMP})`,
  ...(from ? [`${EVENT_TIMESTAMP} >= ${timestampLiteral(from)}`] : []),
  ...(to ? [`${EVENT_TIMESTAMP} <= ${timestampLiteral(to)}`] : []),
];

const hasFilesSince = async (
  { objects }: OfflineDeps,
  { project, source }: FeatureViewVersion,
  storedSince: Date,
): Promise<boolean> => {
  if (!source || source.database) return false;
  return (await findFiles(objects, { project, name: source.path ?? '', source, storedSince })).length > 0;
};

const selects = async (deps: OfflineDeps, tables: Tables, request: ViewRowsRequest): Promise<string[]> => {
  const { version, storedSince } = request;
  const { source } = version;
  const isAsked = storedSince === undefined || (await hasFilesSince(deps, version, storedSince));
  const own = async () => {
    if (!isAsked) return [];
    if (!source) return datasetRows(deps, tables, request);
    return [await sourceRows(tables, version, await sourceTable(deps, tables, { version, source, storedSince }))];
  };
  return [noRows(version), ...(await own()), ...(await pushedRows(deps.objects, tables, request))];
};

/**
 * Makes a view of everything that is known offline of a feature view: its join keys, event_timestamp,
 * created_timestamp (the event's where nothing else is known) and the features in their declared types, unordered, as
 * often as the data has them. Rows that lack a key or an event time are the values of nobody and are left out. A view
 * with a source has the source's rows; one without has those of all the project's features data sets; pushed rows join
 * either.
 * @throws SOURCE_MISSING, SOURCE_EMPTY, SOURCE_INVALID, COLUMN_MISSING, TYPE_MISMATCH, TIMESTAMP_WITHOUT_ZONE, PROJECT_INVALID
 * @example await viewRows(deps, tables, { version, name: 'profile rows', to: new Date() })
 */
export const viewRows = async (deps: OfflineDeps, tables: Tables, request: ViewRowsRequest): Promise<void> => {
  const all = (await selects(deps, tables, request)).map((select) => `(${select})`).join(' UNION ALL BY NAME ');
  await tables.run(
    `CREATE OR REPLACE VIEW ${identifier(request.name)} AS FROM (${all}) WHERE ${filters(request).join(' AND ')}`,
  );
};
