import { type Feature, type FeatureType, modelType } from '#contracts/feature-views.ts';
import type { Project, ProjectVersion } from '#contracts/project.ts';
import { PlatformError } from '../shared/errors.ts';
import { isTrainedOn, trainedFeatures } from './catalog/trained-on.ts';
import { isNumeric } from './column-types.ts';
import { didYouMean, listed } from './nearest.ts';
import { trainedRequestFields } from './on-demand/training-sql.ts';
import type { TableColumn } from './ports.ts';
import { servedEntity } from './project-sql.ts';
import { EVENT_TIMESTAMP } from './row-times.ts';
import { identifier, timestampLiteral } from './sql-text.ts';

/**
 * Every feature that the features SQL must give, once, in the order of the views: of views that models are trained on
 * and that have no source of their own.
 */
export const declaredFeatures = (project: Project, onlyOnline = false): Feature[] => {
  const views = project.featureViews.filter(
    (view) => isTrainedOn(project, view) && view.source === undefined && (view.online || !onlyOnline),
  );
  return [...new Map(views.flatMap((view) => view.features).map((f) => [f.name, f] as const)).values()];
};

/** Columns whose groups are compared and that are no features: the features SQL gives them too. */
export const fairnessColumns = (project: Project): string[] => {
  const known = new Set([...trainedFeatures(project), ...trainedRequestFields(project)].map(({ name }) => name));
  return (project.fairness?.columns ?? []).filter((name) => !known.has(name));
};

const isText = (type: string): boolean => type === 'VARCHAR' || type === 'UUID' || type.startsWith('ENUM');
const isWhole = (type: string): boolean => /INT(EGER)?$/.test(type);
const countable = (type: string): boolean => isNumeric(type) || type === 'BOOLEAN';

const find = (seen: readonly TableColumn[], name: string, file: string): TableColumn => {
  const found = seen.find((column) => column.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const names = seen.map((column) => column.name);
  throw new PlatformError(
    'COLUMN_MISSING',
    `${file} gives no column "${name}"${didYouMean(name, names)}; it gives: ${listed(names, 50)}`,
    { file, column: name, columns: names },
  );
};

const sqlTypes: Readonly<Record<FeatureType, string>> = {
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  string: 'VARCHAR',
  timestamp: 'TIMESTAMP',
};

const mismatch = (file: string, { name, type }: TableColumn, declared: FeatureType): PlatformError => {
  const target = sqlTypes[declared];
  return new PlatformError(
    'TYPE_MISMATCH',
    `${file} gives "${name}" as ${type}, but it is declared a ${declared}; write CAST(${name} AS ${target}), or ` +
      'correct the type in project.yaml',
    { file, column: name, seen: type, declared },
  );
};

// A division by zero gives an infinity, which neither JSON nor DynamoDB nor a model can hold: it counts as missing.
const finite = (column: string): string => {
  const number = `CAST(${column} AS DOUBLE)`;
  return `CASE WHEN isfinite(${number}) THEN ${number} END`;
};

const fits: Readonly<Record<FeatureType, (type: string) => boolean>> = {
  number: countable,
  integer: (type) => isWhole(type) || type === 'BOOLEAN',
  boolean: (type) => type === 'BOOLEAN' || isWhole(type),
  string: isText,
  timestamp: (type) => type === 'DATE' || type.startsWith('TIMESTAMP'),
};

const valueSql = (from: string, type: FeatureType): string => {
  if (modelType(type) === 'string') return `CAST(${from} AS VARCHAR)`;
  return type === 'timestamp' ? `epoch(CAST(${from} AS TIMESTAMP))` : finite(from);
};

const featureColumn = (file: string, seen: readonly TableColumn[], { name, type }: Feature): string => {
  const column = find(seen, name, file);
  if (!fits[type](column.type)) throw mismatch(file, column, type);
  return `${valueSql(identifier(column.name), type)} AS ${identifier(name)}`;
};

const keyColumn = (column: TableColumn, type: 'number' | 'string', name: string): string => {
  const target = isWhole(column.type) ? 'BIGINT' : 'DOUBLE';
  return `CAST(${identifier(column.name)} AS ${type === 'number' ? target : 'VARCHAR'}) AS ${identifier(name)}`;
};

const labelColumn = (column: TableColumn, name: string): string =>
  `CAST(${identifier(column.name)} AS ${countable(column.type) ? 'DOUBLE' : 'VARCHAR'}) AS ${identifier(name)}`;

/**
 * What a features data set holds of the SQL's result, in this order: join key, event_timestamp, every declared feature
 * (string as VARCHAR, all else as DOUBLE: true is 1, a time its seconds since 1970), every request field of on-demand
 * views that models take, every fairness column that is none of these (as VARCHAR), label (numbers and booleans as
 * DOUBLE, all else VARCHAR; may be null). Other columns are left out.
 * @throws COLUMN_MISSING, TYPE_MISMATCH
 */
export const featureColumns = (version: ProjectVersion, seen: readonly TableColumn[], end: Date): string[] => {
  const { project } = version;
  const file = project.features.sql;
  const entity = servedEntity(version);
  const key = find(seen, entity.joinKey, file);
  if (entity.type === 'number' && !isNumeric(key.type)) throw mismatch(file, key, 'number');
  return [
    keyColumn(key, entity.type, entity.joinKey),
    `${timestampLiteral(end)} AS ${EVENT_TIMESTAMP}`,
    ...[...declaredFeatures(project), ...trainedRequestFields(project)].map((feature) =>
      featureColumn(file, seen, feature),
    ),
    ...fairnessColumns(project).map((name) => {
      const column = find(seen, name, file);
      return `CAST(${identifier(column.name)} AS VARCHAR) AS ${identifier(name)}`;
    }),
    labelColumn(find(seen, project.label.name, file), project.label.name),
  ];
};
