import type { ResolvedFeatures } from '../catalog/index.ts';
import { onDemandParts, onDemandSql } from '../on-demand/index.ts';
import type { Tables } from '../ports.ts';
import type { Relation } from '../relation.ts';
import { identifier } from '../sql-text.ts';
import { featureSql } from '../typed-columns.ts';

type OnDemand = ResolvedFeatures['onDemand'][number];

/** Column of a feature while the answer is being put together: no column of an entity table has such a name. */
export const columnOfFeature = (view: string, feature: string): string => `#${view}:${feature}`;

export interface JoinedRows {
  /** Rows of the entity table with the stored features behind them. */
  readonly query: string;
  readonly entities: Relation;
  readonly views: ResolvedFeatures['views'];
}

/**
 * The rows with the wanted features of an on-demand view behind them: the same text that is computed online, as the
 * engine's SQL. Request fields are columns of the entity table.
 * @throws COLUMN_MISSING, TYPE_MISMATCH, TIMESTAMP_WITHOUT_ZONE
 */
export const withOnDemand = async (
  tables: Tables,
  { query, entities, views }: JoinedRows,
  { version, features }: OnDemand,
): Promise<string> => {
  const names = features.map(({ name }) => name);
  const stored = views.flatMap((one) => one.features);
  const parts = onDemandParts([{ view: version.view, features: names }], stored);
  const inputs: Record<string, string> = {};
  for (const { version: view, features: wanted } of views)
    for (const { name } of wanted) inputs[name] = identifier(columnOfFeature(view.name, name));
  for (const field of parts.requestFields) inputs[field.name] = await featureSql(tables, entities, field);
  const as = Object.fromEntries(names.map((name) => [name, columnOfFeature(version.name, name)]));
  return onDemandSql(query, { parts, inputs, as });
};
