import { type Page, PageQuery } from '#contracts/common.ts';
import type { DatasetManifest } from '#contracts/datasets.ts';
import { type Feature, modelType } from '#contracts/feature-views.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import { viewDataset } from '../datasets.ts';
import type { Tables } from '../ports.ts';
import { EVENT_TIMESTAMP } from '../row-times.ts';
import { identifier, literal } from '../sql-text.ts';
import { keySql, sqlTypes } from '../typed-columns.ts';
import type { OfflineDeps, ViewRowsRequest } from './request.ts';

const manifestsOf = async (deps: OfflineDeps, project: string): Promise<DatasetManifest[]> => {
  const all: DatasetManifest[] = [];
  let pageToken: string | undefined;
  do {
    const query = PageQuery.parse({ maxResults: 1_000, pageToken });
    const page: Page<DatasetManifest> = await deps.catalog.list(project, 'features', query);
    all.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return all;
};

const columnIn = (manifest: DatasetManifest, name: string) => manifest.columns.find((column) => column.name === name);

// A column that held another kind of value under an earlier definition is not this feature's.
const holds = (manifest: DatasetManifest, { name, type }: Feature): boolean => {
  const stored = columnIn(manifest, name)?.type;
  return stored !== undefined && (stored === 'VARCHAR') === (modelType(type) === 'string');
};

const holdsView = (manifest: DatasetManifest, { view, entities }: FeatureViewVersion): boolean =>
  entities.every(({ joinKey }) => columnIn(manifest, joinKey)) && view.features.some((f) => holds(manifest, f));

/** Ids of the features data sets that hold values of a view. */
export const featuresDatasets = async (deps: OfflineDeps, version: FeatureViewVersion): Promise<string[]> =>
  (await manifestsOf(deps, version.project))
    .filter((manifest) => holdsView(manifest, version))
    .map(({ datasetId }) => datasetId);

// Manifests write times as the engine does: 2026-03-02 02:00:00, which sort as text.
const asText = (time: Date): string => time.toISOString().replace('T', ' ').slice(0, 19);
const isInRange = (manifest: DatasetManifest, { from, to }: ViewRowsRequest): boolean => {
  const event = columnIn(manifest, EVENT_TIMESTAMP);
  const isTooOld = from !== undefined && String(event?.max ?? '').slice(0, 19) < asText(from);
  const isTooNew = to !== undefined && String(event?.min ?? '').slice(0, 19) > asText(to);
  return event !== undefined && !isTooOld && !isTooNew;
};

// Data sets hold all but text as doubles: true is 1, a time its seconds since 1970.
const declared = ({ name, type }: Feature): string => {
  const stored = identifier(name);
  if (type === 'boolean') return `(${stored} <> 0)`;
  if (type === 'timestamp') return `make_timestamp(CAST(round(${stored} * 1e6) AS BIGINT))`;
  return `CAST(${stored} AS ${sqlTypes[type]})`;
};

const selectOf = (manifest: DatasetManifest, name: string, { view, entities }: FeatureViewVersion): string => {
  const relation = { from: identifier(name), called: name, columns: manifest.columns, isText: false };
  const columns = [
    ...entities.map((entity) => `${keySql(relation, entity)} AS ${identifier(entity.joinKey)}`),
    EVENT_TIMESTAMP,
    `CAST(CAST(${literal(manifest.createdAt)} AS TIMESTAMPTZ) AS TIMESTAMP) AS created_timestamp`,
    ...view.features.filter((f) => holds(manifest, f)).map((f) => `${declared(f)} AS ${identifier(f.name)}`),
  ];
  return `SELECT ${columns.join(', ')} FROM ${relation.from}`;
};

/**
 * The rows of every features data set of the project that holds the view's keys and any of its features; what one
 * lacks is null. They became known when the data set was made.
 */
export const datasetRows = async (deps: OfflineDeps, tables: Tables, request: ViewRowsRequest): Promise<string[]> => {
  const { version } = request;
  const manifests = (await manifestsOf(deps, version.project)).filter(
    (manifest) => holdsView(manifest, version) && isInRange(manifest, request),
  );
  const selected: string[] = [];
  for (const manifest of manifests) {
    const name = `features data set ${manifest.datasetId}`;
    await viewDataset(deps.objects, tables, { name, manifest });
    selected.push(selectOf(manifest, name, version));
  }
  return selected;
};
