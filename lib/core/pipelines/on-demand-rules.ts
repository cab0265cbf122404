import type { FeatureType, OnDemandView } from '#contracts/feature-views.ts';
import type { Project } from '#contracts/project.ts';
import { checkExpression, isAssignable } from '../expressions/index.ts';
import { isPlatformError } from '../shared/errors.ts';
import type { Misfit } from './misfit.ts';

type OnDemandFeature = OnDemandView['features'][number];
type Types = Readonly<Record<string, FeatureType>>;
type Path = readonly PropertyKey[];

const typesOf = (features: readonly { readonly name: string; readonly type: FeatureType }[]): Types =>
  Object.fromEntries(features.map(({ name, type }) => [name, type]));

const expressionMisfits = ({ type, sql }: OnDemandFeature, known: Types, path: Path): Misfit[] => {
  try {
    const gives = checkExpression(sql, known).type;
    if (isAssignable(gives, type)) return [];
    return [{ path, message: `the expression gives a ${gives}, but the feature is declared a ${type}; use CAST` }];
  } catch (error) {
    if (!isPlatformError(error)) throw error;
    return [{ path, message: error.message }];
  }
};

/** Every expression by what it may use: request fields, stored features, and the view's features before it. */
const viewMisfits = (view: OnDemandView, stored: Types, path: Path): Misfit[] =>
  view.features.flatMap((feature, j) => {
    const known = { ...stored, ...typesOf(view.requestFields), ...typesOf(view.features.slice(0, j)) };
    return expressionMisfits(feature, known, [...path, 'features', j, 'sql']);
  });

/** Expressions of on-demand views can be read, use names that there are, and give the declared types. */
export const expressionsFit = ({ featureViews, onDemandViews }: Project): Misfit[] => {
  const stored = typesOf(featureViews.flatMap((view) => view.features));
  return onDemandViews.flatMap((view, i) => viewMisfits(view, stored, ['onDemandViews', i]));
};

interface Taken {
  readonly by: string;
  readonly type?: FeatureType;
}

/** Names that an expression may use mean one thing: stored features, request fields and on-demand features differ. */
export const onDemandNamesAreFree = ({ featureViews, onDemandViews }: Project): Misfit[] => {
  const taken = new Map<string, Taken>();
  for (const view of featureViews)
    for (const { name } of view.features) taken.set(name.toLowerCase(), { by: `a feature of view "${view.name}"` });
  return onDemandViews.flatMap((view, i) => {
    const path = ['onDemandViews', i];
    const fields = view.requestFields.flatMap(({ name, type }, j) => {
      const other = taken.get(name.toLowerCase());
      taken.set(name.toLowerCase(), other ?? { by: `a request field of "${view.name}"`, type });
      return other && other.type !== type ? [isTaken(name, other, [...path, 'requestFields', j, 'name'])] : [];
    });
    const features = view.features.flatMap(({ name }, j) => {
      const other = taken.get(name.toLowerCase());
      taken.set(name.toLowerCase(), other ?? { by: `a feature of on-demand view "${view.name}"` });
      return other ? [isTaken(name, other, [...path, 'features', j, 'name'])] : [];
    });
    return [...fields, ...features];
  });
};

const isTaken = (name: string, { by, type }: Taken, path: Path): Misfit => {
  const as = type === undefined ? '' : `, a ${type}`;
  return { path, message: `"${name}" is ${by}${as} already; a name means one thing in all expressions` };
};
