import { PlatformError } from '../../shared/errors.ts';
import { outputNames, type ResolvedFeatures } from '../catalog/index.ts';
import type { OfflineDeps } from '../offline-rows.ts';
import { joinVersions } from '../point-in-time/index.ts';
import type { Tables } from '../ports.ts';
import type { Relation } from '../relation.ts';
import { identifier } from '../sql-text.ts';
import { timeSql } from '../time-columns.ts';
import { columnOfFeature, withOnDemand } from './on-demand-layers.ts';

export interface HistoricalQuestion {
  readonly features: ResolvedFeatures;
  readonly entities: Relation;
  readonly timestampColumn: string;
  /** Names are view__feature instead of feature. */
  readonly fullFeatureNames: boolean;
  readonly asKnownAt: boolean;
}

export interface HistoricalAnswer {
  /** The entity table's columns, then the features; in the order of the entity table. */
  readonly query: string;
  /** Names of the features' columns, view by view. */
  readonly views: readonly { readonly view: string; readonly columns: readonly string[] }[];
}

const requireRows = async (tables: Tables, { from, called }: Relation): Promise<void> => {
  const some = await tables.rows(`SELECT 1 FROM ${from} LIMIT 1`);
  if (some.length === 0)
    throw new PlatformError('TOO_FEW_ROWS', `${called} has no rows; there is nothing to join features to`);
};

/** Names of the features in the answer. @throws FEATURE_NAMES_CLASH, also with columns of the entity table */
const namesOf = ({ features, fullFeatureNames, entities }: HistoricalQuestion): string[] => {
  const names = outputNames(features.order, fullFeatureNames);
  const given = new Set(entities.columns.map(({ name }) => name.toLowerCase()));
  const clash = names.find((name) => given.has(name.toLowerCase()));
  if (clash === undefined) return names;
  const remedy = fullFeatureNames ? 'rename the column' : 'ask with full feature names, or rename the column';
  throw new PlatformError(
    'FEATURE_NAMES_CLASH',
    `${entities.called} has a column "${clash}", and so is a feature called; ${remedy}`,
    { feature: clash },
  );
};

const byView = (order: ResolvedFeatures['order'], names: readonly string[]): HistoricalAnswer['views'] => {
  const views = new Map<string, string[]>();
  for (const [i, { view }] of order.entries()) views.set(view, [...(views.get(view) ?? []), names[i] ?? '']);
  return [...views].map(([view, columns]) => ({ view, columns }));
};

/**
 * The query of the features of every row of an entity table as they were at its time: stored ones by point-in-time
 * join, on-demand ones computed from them.
 * @throws COLUMN_MISSING, TYPE_MISMATCH, TIMESTAMP_WITHOUT_ZONE, FEATURE_NAMES_CLASH, TOO_FEW_ROWS, and what a view's rows throw
 */
export const historicalQuery = async (
  deps: OfflineDeps,
  tables: Tables,
  question: HistoricalQuestion,
): Promise<HistoricalAnswer> => {
  const { features, entities, asKnownAt } = question;
  const names = namesOf(question);
  await requireRows(tables, entities);
  const time = await timeSql(tables, entities, question.timestampColumn);
  const joined = await joinVersions(deps, tables, {
    entities,
    time,
    asKnownAt,
    views: features.views,
    as: columnOfFeature,
  });
  let query = joined.query;
  for (const one of features.onDemand)
    query = await withOnDemand(tables, { query, entities, views: features.views }, one);
  const given = entities.columns.map(({ name }) => identifier(name));
  const wanted = features.order.map(
    ({ view, feature }, i) => `${identifier(columnOfFeature(view, feature))} AS ${identifier(names[i] ?? '')}`,
  );
  return {
    query: `SELECT ${[...given, ...wanted].join(', ')} FROM (${query})`,
    views: byView(features.order, names),
  };
};
