import { type Feature, type FeatureType, modelType } from '#contracts/feature-views.ts';
import type { Misfit } from './misfit.ts';

const jsonType: Readonly<Record<FeatureType, string>> = {
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  string: 'string',
  // As online values have it: seconds since 1970.
  timestamp: 'number',
};

const bounds = ({ type, minimum, maximum }: Feature): Misfit[] => {
  const problems: Misfit[] = [];
  const hasBounds = minimum !== undefined || maximum !== undefined;
  if (hasBounds && (modelType(type) === 'string' || type === 'boolean'))
    problems.push({
      path: [minimum === undefined ? 'maximum' : 'minimum'],
      message: `a ${type} has no order: only number, integer and timestamp take minimum and maximum`,
    });
  if (minimum !== undefined && maximum !== undefined && minimum > maximum)
    problems.push({ path: ['minimum'], message: `${minimum} is above maximum ${maximum}: no value could be right` });
  return problems;
};

const fits = (value: unknown, type: FeatureType): boolean =>
  typeof value === jsonType[type] && (type !== 'integer' || Number.isSafeInteger(value));

const values = ({ type, values: allowed = [], minimum = -Infinity, maximum = Infinity }: Feature): Misfit[] =>
  allowed.flatMap((value, i) => {
    const path = ['values', i];
    if (!fits(value, type))
      return [{ path, message: `${JSON.stringify(value)} is no ${type}, which the feature is declared as` }];
    return typeof value === 'number' && (value < minimum || value > maximum)
      ? [{ path, message: `${value} is outside minimum and maximum: it could never be right` }]
      : [];
  });

/**
 * What is wrong with the contract of a feature's values, by path inside the feature.
 * @example featureMisfits({ name: 'age', type: 'integer', minimum: 9, maximum: 1 })[0].path // ['minimum']
 */
export const featureMisfits = (feature: Feature): Misfit[] => [...bounds(feature), ...values(feature)];
