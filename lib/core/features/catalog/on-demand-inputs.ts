import type { OnDemandView } from '#contracts/feature-views.ts';
import type { OnDemandViewVersion } from '#contracts/features.ts';
import type { Project } from '#contracts/project.ts';
import { namesIn, parseExpression } from '../../expressions/index.ts';

/** Stored features of the project that the expressions of an on-demand view ask for, in the order of the views. */
export const onDemandInputs = ({ featureViews }: Project, view: OnDemandView): OnDemandViewVersion['inputs'] => {
  const own = [...view.requestFields, ...view.features].map(({ name }) => name);
  const asked = new Set(view.features.flatMap(({ sql }) => namesIn(parseExpression(sql))));
  return featureViews.flatMap((stored) =>
    stored.features
      .filter(({ name }) => asked.has(name) && !own.includes(name))
      .map(({ name }) => ({ view: stored.name, feature: name })),
  );
};
