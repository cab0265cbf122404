import { type Feature, type FeatureView, type OnDemandView, viewEntities } from '#contracts/feature-views.ts';
import type { OnDemandParts } from '#contracts/online.ts';
import type { Project } from '#contracts/project.ts';
import { onDemandParts } from '../on-demand/parts.ts';
import { onDemandInputs } from './on-demand-inputs.ts';

/**
 * Whether the project's models are trained on a view: on those of the entity they predict for, and of nothing else. The
 * features SQL gives the features of views without a source; those of views with one are joined to its rows as of the
 * end of the range. Views of other entities are for other readers.
 */
export const isTrainedOn = ({ entities, serving }: Project, view: Pick<FeatureView, 'entity'>): boolean => {
  const [only, ...more] = viewEntities(view);
  const served = entities.find(({ joinKey }) => joinKey === serving.entityKey);
  return more.length === 0 && only === served?.name;
};

const once = (views: readonly FeatureView[]): Feature[] => [
  ...new Map(views.flatMap((view) => view.features).map((feature) => [feature.name, feature] as const)).values(),
];

/** Names of the views whose features models take. */
export const trainedViews = (project: Project): string[] =>
  project.featureViews.filter((view) => isTrainedOn(project, view)).map(({ name }) => name);

const storedFeatures = (project: Project): Feature[] =>
  once(project.featureViews.filter((view) => isTrainedOn(project, view)));

/** On-demand views whose features models take. */
export const trainedOnDemand = (project: Project): OnDemandView[] => {
  const stored = new Set(storedFeatures(project).map(({ name }) => name));
  return project.onDemandViews.filter(
    (view) => view.training !== false && onDemandInputs(project, view).every(({ feature }) => stored.has(feature)),
  );
};

/** How the on-demand features that models take come about; undefined where they take none. */
export const trainedParts = (project: Project): OnDemandParts | undefined => {
  const views = trainedOnDemand(project);
  if (views.length === 0) return undefined;
  return onDemandParts(
    views.map((view) => ({ view })),
    storedFeatures(project),
  );
};

/** Every feature that models are trained on, once, in the order of the project's views; on-demand ones come last. */
export const trainedFeatures = (project: Project): Feature[] => [
  ...storedFeatures(project),
  ...trainedOnDemand(project).flatMap(({ features }) => features.map(({ name, type }) => ({ name, type }))),
];

/** Views whose rows come from a source of their own and are joined into the features data set. */
export const joinedViews = (project: Project): FeatureView[] =>
  project.featureViews.filter((view) => view.source !== undefined && isTrainedOn(project, view));
