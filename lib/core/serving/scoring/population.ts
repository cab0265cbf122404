import type { DatasetManifest } from '#contracts/datasets.ts';
import type { ModelInput, ServingFacts } from '#contracts/serving-facts.ts';
import { isNumeric } from '#core/features/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { isAsked } from '../asked-fields.ts';

type Column = DatasetManifest['columns'][number];

const lacking = (features: DatasetManifest, facts: ServingFacts, names: readonly string[]): PlatformError => {
  const asked = facts.inputs.filter((input) => names.includes(input.name) && isAsked(input)).map(({ name }) => name);
  const who =
    asked.length > 0
      ? `; ${asked.join(', ')} must come with each request, so without such columns nobody can be scored by batch`
      : '';
  return new PlatformError(
    'COLUMN_MISSING',
    `the features of ${features.project} (${features.datasetId}) lack ${names.join(', ')}, which the model takes${who}: ` +
      'let features.sql give them and run the data pipeline, or set schedules.scoring to false',
    { missing: names },
  );
};

const isText = (type: string): boolean => type === 'VARCHAR' || type.startsWith('ENUM');
const fits = ({ type }: ModelInput, column: Column): boolean =>
  type === 'string' ? isText(column.type) : isNumeric(column.type) || column.type === 'BOOLEAN';

const mismatch = ({ project }: DatasetManifest, input: ModelInput, { type }: Column): PlatformError =>
  new PlatformError(
    'TYPE_MISMATCH',
    `the features of ${project} have ${input.name} as ${type}, the model takes a ${input.type}; CAST it in ` +
      'features.sql, or train on the features as they are now',
    { column: input.name, seen: type, allowed: input.type },
  );

/** Fields of requests that may be missing: a data set without them says that they are. */
const mayLack = (input: ModelInput): boolean => isAsked(input) && input.required !== true;

/**
 * Holds a features data set against what a model takes, before anything is scored.
 * @throws {PlatformError} COLUMN_MISSING, TYPE_MISMATCH
 */
export const requirePopulation = (features: DatasetManifest, facts: ServingFacts): void => {
  const columns = new Map(features.columns.map((column) => [column.name, column]));
  const needed = facts.inputs.filter((input) => !mayLack(input)).map(({ name }) => name);
  const missing = [facts.entityKey, ...needed].filter((name) => !columns.has(name));
  if (missing.length > 0) throw lacking(features, facts, missing);
  for (const input of facts.inputs) {
    const column = columns.get(input.name);
    // A column without a single value has whatever type its writer made up.
    if (column && column.nulls < features.rowCount && !fits(input, column)) throw mismatch(features, input, column);
  }
};
