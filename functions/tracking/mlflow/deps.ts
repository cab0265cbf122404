import type { TrackingDeps } from '#core/tracking/index.ts';

/** What the doors of MLflow's tracking API need. */
export type MlflowTrackingDeps = TrackingDeps & { readonly artifactBucket: string };
