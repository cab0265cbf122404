import { dataKeys } from '#contracts/datasets.ts';
import type { FeatureType, FeatureView } from '#contracts/feature-views.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import type { ProjectVersion } from '#contracts/project.ts';
import { projectViewVersion } from './catalog/project-definitions.ts';
import { joinedViews } from './catalog/trained-on.ts';
import type { DatasetRecipe } from './dataset-id.ts';
import type { DataDeps } from './ingest.ts';
import { knowSource } from './open-source.ts';
import { joinVersions } from './point-in-time/index.ts';
import type { Tables } from './ports.ts';
import { asInputs } from './raw-files.ts';
import { EVENT_TIMESTAMP } from './row-times.ts';
import { identifier } from './sql-text.ts';

const TABLE = 'rows of the features SQL';

// Infinities count as missing, as they do in what the features SQL gives.
const asTrained: Readonly<Record<FeatureType, (column: string) => string>> = {
  number: (column) => `CASE WHEN isfinite(${column}) THEN ${column} END`,
  integer: (column) => `CAST(${column} AS DOUBLE)`,
  boolean: (column) => `CAST(${column} AS DOUBLE)`,
  string: (column) => column,
  timestamp: (column) => `epoch(${column})`,
};

const versionsOf = (version: ProjectVersion): FeatureViewVersion[] =>
  joinedViews(version.project).map((view) => projectViewVersion(version, view));

type Files = DatasetRecipe['inputs']['files'];

/** Rows pushed to a view; the objects are named by their content. */
const pushedFiles = async ({ objects }: DataDeps, project: string, { name }: FeatureView): Promise<Files> => {
  const prefix = dataKeys.pushed(project, name);
  return (await objects.list(prefix)).map(({ key, bytes }) => {
    const path = key.slice(prefix.length);
    return { path: `pushed/${name}/${path}`, bytes, sha256: path.slice(0, 64) };
  });
};

/** What the views with a source of their own are read from: files by hash. Nothing is read for projects without. */
export const joinedInputs = async (deps: DataDeps, { project }: ProjectVersion): Promise<Files> => {
  const views = joinedViews(project);
  if (views.length === 0) return [];
  const sources = [...new Set(views.flatMap(({ source }) => source ?? []))];
  const files: Files[number][] = [];
  await deps.engine.open(async (tables) => {
    for (const name of sources) files.push(...asInputs((await knowSource(deps, tables, { project, name })).files));
  });
  for (const view of views) files.push(...(await pushedFiles(deps, project.name, view)));
  return files;
};

/**
 * The rows of the features SQL with the features of views that have a source of their own behind them: of each the
 * newest values at the rows' time that their ttl still holds for, missing where there are none.
 * @throws what reading a source and joining it throws
 */
export const withJoinedViews = async (
  deps: DataDeps,
  tables: Tables,
  { version, query }: { readonly version: ProjectVersion; readonly query: string },
): Promise<string> => {
  const versions = versionsOf(version);
  if (versions.length === 0) return query;
  await tables.run(`CREATE TABLE ${identifier(TABLE)} AS ${query}`);
  const from = identifier(TABLE);
  const columns = await tables.columnsOf(`FROM ${from}`);
  const called = `what ${version.project.features.sql} gives`;
  const joined = await joinVersions(deps, tables, {
    entities: { from, called, columns, isText: false },
    time: EVENT_TIMESTAMP,
    views: versions.map((one) => ({ version: one, features: one.view.features })),
  });
  const features = versions.flatMap(({ view }) => view.features);
  const trained = features.map(({ name, type }) => `${asTrained[type](identifier(name))} AS ${identifier(name)}`);
  return `SELECT ${[...columns.map(({ name }) => identifier(name)), ...trained].join(', ')} FROM (${joined.query})`;
};
