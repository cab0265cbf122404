import type { FeatureName, ResolvedFeatures } from '../catalog/index.ts';
import { type OnDemandReader, onDemandParts, onDemandReader } from '../on-demand/index.ts';

/** How a plan's on-demand features are computed: compiled once. */
export interface Computation {
  readonly compute: OnDemandReader;
  /** Stored features that they are computed from. */
  readonly inputs: readonly FeatureName[];
  readonly outputs: readonly FeatureName[];
}

/** Undefined where nothing is to be computed. */
export const computationOf = ({ views, onDemand }: ResolvedFeatures): Computation | undefined => {
  if (onDemand.length === 0) return undefined;
  const inputs = onDemand.flatMap(({ version }) => version.inputs);
  const stored = inputs.flatMap(({ view, feature }) => {
    const features = views.find(({ version }) => version.name === view)?.features ?? [];
    return features.filter(({ name }) => name === feature);
  });
  const wanted = onDemand.map(({ version, features }) => ({
    view: version.view,
    features: features.map(({ name }) => name),
  }));
  const outputs = onDemand.flatMap(({ version, features }) =>
    features.map(({ name }) => ({ view: version.name, feature: name })),
  );
  return { compute: onDemandReader(onDemandParts(wanted, stored)), inputs, outputs };
};
