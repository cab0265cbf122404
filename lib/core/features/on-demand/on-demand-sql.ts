import type { FeatureType } from '#contracts/feature-views.ts';
import type { OnDemandParts } from '#contracts/online.ts';
import { type Expression, parseExpression, renamed, renderSql } from '../../expressions/index.ts';
import { identifier } from '../sql-text.ts';
import { sqlTypes } from '../typed-columns.ts';

export interface OnDemandColumns {
  readonly parts: OnDemandParts;
  /** SQL over the rows of each request field and stored feature, in its declared type. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The features wanted, by the names of their columns. @default all of them under their own names */
  readonly as?: Readonly<Record<string, string>>;
  /** SQL of a feature as it is kept. @default in its declared type */
  readonly kept?: (column: string, type: FeatureType) => string;
}

// No column of a person's may begin so: project.yaml takes letters alone.
const own = (name: string): string => `#f:${name}`;

// A division by zero gives an infinity, which neither JSON nor DynamoDB nor a model can hold: it counts as missing.
/** SQL of what an expression gives in its declared type. */
export const declaredSql = (value: string, type: FeatureType): string => {
  const cast = `CAST(${value} AS ${sqlTypes[type]})`;
  return type === 'number' ? `CASE WHEN isfinite(${cast}) THEN ${cast} END` : cast;
};

const withOwnNames = (sql: string): Expression => renamed(parseExpression(sql), own);

/**
 * Rows with on-demand features behind their columns: one SELECT a feature, since a feature may use those before it.
 * The same numbers as `onDemandReader` gives; only ln, log10, exp and pow may differ in the last digit.
 * @param from a query, without parentheses
 * @example onDemandSql('FROM joined', { parts, inputs: { amount: '"amount"' } })
 */
export const onDemandSql = (
  from: string,
  { parts, inputs, as, kept = (column) => column }: OnDemandColumns,
): string => {
  const all = [...parts.requestFields, ...parts.stored];
  const given = all.map(({ name }) => `${inputs[name] ?? identifier(name)} AS ${identifier(own(name))}`);
  let rows = `SELECT ${['*', ...given].join(', ')} FROM (${from})`;
  for (const { name, type, sql } of parts.features)
    rows = `SELECT *, ${declaredSql(renderSql(withOwnNames(sql)), type)} AS ${identifier(own(name))} FROM (${rows})`;
  const wanted = as ?? Object.fromEntries(parts.features.map(({ name }) => [name, name]));
  const columns = parts.features
    .filter(({ name }) => Object.hasOwn(wanted, name))
    .map(({ name, type }) => `${kept(identifier(own(name)), type)} AS ${identifier(wanted[name] ?? name)}`);
  const hidden = [...all, ...parts.features].map(({ name }) => identifier(own(name)));
  return `SELECT ${[`* EXCLUDE (${hidden.join(', ')})`, ...columns].join(', ')} FROM (${rows})`;
};
