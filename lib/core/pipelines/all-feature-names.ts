import type { Project } from '#contracts/project.ts';

/** Names of every feature that a model may take: stored and computed ones. */
export const allFeatureNames = ({ featureViews, onDemandViews }: Project): string[] =>
  [...featureViews, ...onDemandViews].flatMap(({ features }) => features.map(({ name }) => name));
