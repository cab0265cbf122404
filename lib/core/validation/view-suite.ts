import type { Feature, FeatureType } from '#contracts/feature-views.ts';
import { type Column, millis } from './column.ts';
import { columnIn } from './domain.ts';
import { mapPlan } from './map-plan.ts';
import { CannotJudge } from './plan.ts';
import type { Asked, Suite } from './suite.ts';
import { askOne } from './suite.ts';

/** Whole numbers that every reader of JSON has exactly. */
const LARGEST_WHOLE = Number.MAX_SAFE_INTEGER;

const isNumber = ({ kind }: Column): boolean => kind === 'number' || kind === 'boolean';

// Declared types, and the doubles that stand for them in what models are trained on.
const fitsType: Readonly<Record<FeatureType, (column: Column) => string | undefined>> = {
  number: (column) => (isNumber(column) ? 'TRUE' : undefined),
  integer: (column) =>
    isNumber(column)
      ? `${column.sql}::DOUBLE = trunc(${column.sql}::DOUBLE) AND abs(${column.sql}::DOUBLE) <= ${LARGEST_WHOLE}`
      : undefined,
  boolean: (column) => (isNumber(column) ? `${column.sql}::DOUBLE IN (0, 1)` : undefined),
  string: (column) => (column.kind === 'text' ? 'TRUE' : undefined),
  timestamp: (column) => (isNumber(column) || column.kind === 'time' ? 'TRUE' : undefined),
};

const typeOf = ({ name, type }: Feature): Asked => ({
  type: 'expect_column_values_to_be_of_type',
  kwargs: { column: name, type_: type },
  severity: 'critical',
  plan: (domain) => {
    const column = columnIn(domain, name);
    const good = fitsType[type](column);
    if (good) return mapPlan(domain, column, { mostly: 1, good });
    throw new CannotJudge(
      `column "${name}" is ${column.type}, which holds no ${type}; cast it in the SQL, or declare its type`,
    );
  },
});

const seconds = (value: string | number | boolean): number =>
  typeof value === 'string' ? millis(value) / 1_000 : Number(value);

/** A bound as the column has it: a time as seconds where times are numbers. */
const boundFor = (bound: number, { kind }: Column): number | string =>
  kind === 'time' ? new Date(bound * 1_000).toISOString() : bound;

const between = ({ name, minimum, maximum }: Feature): Asked => {
  const kwargs = {
    column: name,
    ...(minimum !== undefined && { min_value: minimum }),
    ...(maximum !== undefined && { max_value: maximum }),
  };
  return {
    type: 'expect_column_values_to_be_between',
    kwargs,
    severity: 'critical',
    plan: (domain) => {
      const column = columnIn(domain, name);
      const ends = Object.entries(kwargs).map(([key, value]) => [
        key,
        typeof value === 'number' ? boundFor(value, column) : value,
      ]);
      return askOne('expect_column_values_to_be_between', Object.fromEntries(ends)).plan(domain);
    },
  };
};

const oneOf = ({ name, type, values = [] }: Feature): Asked => ({
  type: 'expect_column_values_to_be_in_set',
  kwargs: { column: name, value_set: values },
  severity: 'critical',
  plan: (domain) => {
    const column = columnIn(domain, name);
    const inColumn = (value: string | number | boolean) =>
      typeof value === 'number' ? boundFor(value, column) : value;
    const value_set = type !== 'string' && isNumber(column) ? values.map(seconds) : values.map(inColumn);
    return askOne('expect_column_values_to_be_in_set', { column: name, value_set }).plan(domain);
  },
});

const required = ({ name }: Feature): Asked => askOne('expect_column_values_to_not_be_null', { column: name });

const contractOf = (feature: Feature): Asked[] => [
  typeOf(feature),
  ...(feature.required ? [required(feature)] : []),
  ...(feature.minimum !== undefined || feature.maximum !== undefined ? [between(feature)] : []),
  ...(feature.values ? [oneOf(feature)] : []),
];

/**
 * A view's contract as a suite: the type of each feature, whether it is required, its range and its values. It holds for
 * columns of the declared types and for the doubles that models are trained on. Missing values fit all but `required`.
 * @example viewSuite([{ name: 'age', type: 'integer', required: true, minimum: 0 }]).asked.length // 3
 */
export const viewSuite = (features: readonly Feature[], name = 'contract'): Suite => ({
  name,
  asked: features.flatMap(contractOf),
});
