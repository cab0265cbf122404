import type { Feature, FeatureType } from '#contracts/feature-views.ts';
import type { Project } from '#contracts/project.ts';
import { trainedParts } from '../catalog/trained-on.ts';
import { identifier } from '../sql-text.ts';
import { onDemandSql } from './on-demand-sql.ts';

// Data sets that models are trained on hold all but text as doubles: true is 1, a time its seconds since 1970.
const asDeclared: Readonly<Record<FeatureType, (column: string) => string>> = {
  number: (column) => column,
  integer: (column) => `CAST(${column} AS BIGINT)`,
  boolean: (column) => `CAST(${column} AS BOOLEAN)`,
  string: (column) => column,
  timestamp: (column) => `make_timestamp(CAST(round(${column} * 1e6) AS BIGINT))`,
};
const asTrained: Readonly<Record<FeatureType, (column: string) => string>> = {
  number: (column) => column,
  integer: (column) => `CAST(${column} AS DOUBLE)`,
  boolean: (column) => `CAST(${column} AS DOUBLE)`,
  string: (column) => column,
  timestamp: (column) => `epoch(${column})`,
};

/** Request fields that the features SQL must give beside the declared features. */
export const trainedRequestFields = (project: Project): Feature[] => trainedParts(project)?.requestFields ?? [];

/** Rows of a features data set with the on-demand features that models take behind their columns. */
export const withTrainedOnDemand = (project: Project, query: string): string => {
  const parts = trainedParts(project);
  if (!parts) return query;
  const given = [...parts.requestFields, ...parts.stored];
  const inputs = Object.fromEntries(given.map(({ name, type }) => [name, asDeclared[type](identifier(name))]));
  return onDemandSql(query, { parts, inputs, kept: (column, type) => asTrained[type](column) });
};
