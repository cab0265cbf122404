import type { Feature, OnDemandView } from '#contracts/feature-views.ts';
import type { OnDemandParts } from '#contracts/online.ts';
import { namesIn, parseExpression } from '../../expressions/index.ts';

const byName = <T extends { readonly name: string }>(all: readonly T[]): T[] => [
  ...new Map(all.map((one) => [one.name, one] as const)).values(),
];

/** Features that wanted ones are computed from, in the order of their definition. */
const neededOf = ({ features }: OnDemandView, wanted: readonly string[] | undefined): OnDemandView['features'] => {
  const needed = new Set(wanted ?? features.map(({ name }) => name));
  for (const { name, sql } of features.toReversed())
    if (needed.has(name)) for (const used of namesIn(parseExpression(sql))) needed.add(used);
  return features.filter(({ name }) => needed.has(name));
};

export interface WantedView {
  readonly view: OnDemandView;
  /** @default all of its features */
  readonly features?: readonly string[];
}

/**
 * What on-demand features are computed from: the request fields and stored features that they name, no others, and the
 * features before them. A name means one thing in all views of a project.
 */
export const onDemandParts = (
  views: readonly WantedView[],
  stored: readonly Pick<Feature, 'name' | 'type'>[],
): OnDemandParts => {
  const features = byName(views.flatMap(({ view, features: wanted }) => neededOf(view, wanted)));
  const used = new Set(features.flatMap(({ sql }) => namesIn(parseExpression(sql))));
  const fields = byName(views.flatMap(({ view }) => view.requestFields)).filter(({ name }) => used.has(name));
  const given = new Set([...fields, ...features].map(({ name }) => name));
  return {
    requestFields: fields,
    stored: byName(stored)
      .filter(({ name }) => used.has(name) && !given.has(name))
      .map(({ name, type }) => ({ name, type })),
    features: features.map(({ name, type, sql }) => ({ name, type, sql })),
  };
};
