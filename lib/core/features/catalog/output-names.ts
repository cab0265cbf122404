import { PlatformError } from '../../shared/errors.ts';
import type { FeatureName } from './resolve.ts';

/**
 * Names of features in an answer, in their order: the feature's own, or view__feature where full names are wanted.
 * @throws FEATURE_NAMES_CLASH when two would have one name
 * @example outputNames([{ view: 'usage', feature: 'calls' }], true) // ['usage__calls']
 */
export const outputNames = (order: readonly FeatureName[], full: boolean): string[] => {
  const names = order.map(({ view, feature }) => (full ? `${view}__${feature}` : feature));
  if (new Set(names).size === names.length) return names;
  const name = names.find((one, i) => names.indexOf(one) < i);
  const views = order.filter((_, i) => names[i] === name).map(({ view }) => view);
  const message = `feature "${name}" is in the views ${views.join(' and ')}; ask with fullFeatureNames, or for one of them`;
  throw new PlatformError('FEATURE_NAMES_CLASH', message, { feature: name, views });
};
