import type { RegistryDeps } from '#core/registry/index.ts';
import type { TrackingStore } from '#core/tracking/index.ts';

/** What the doors of MLflow's registry API need: sources of versions lie in runs and logged models. */
export type MlflowRegistryDeps = RegistryDeps & {
  readonly tracking: TrackingStore;
  readonly artifactBucket: string;
};
