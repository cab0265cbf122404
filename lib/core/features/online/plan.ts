import type { Entity } from '#contracts/feature-views.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import type { Clock } from '../../shared/ports.ts';
import { type FeatureName, type ResolvedFeatures, type ResolveRequest, resolveFeatures } from '../catalog/index.ts';
import type { FeatureCatalog } from '../ports.ts';
import { type Computation, computationOf } from './computation.ts';
import { remembered } from './remembered.ts';

const DAY_MS = 86_400_000;

export interface PlannedView {
  readonly name: string;
  readonly joinKeys: readonly string[];
  /** What each join key is made of. */
  readonly entities: readonly Pick<Entity, 'joinKey' | 'type'>[];
  /** How long its values hold; 0 for ever. */
  readonly ttlMs: number;
}

/** What a request asks for, ready to be read: made once, used by every request that asks the same. */
export interface ReadPlan extends ResolvedFeatures {
  readonly stored: readonly PlannedView[];
  readonly joinKeys: ReadonlySet<string>;
  readonly computation: Computation | undefined;
}
export type ReadPlans = (request: ResolveRequest) => Promise<ReadPlan>;

export const plannedView = ({ view, entities }: FeatureViewVersion): PlannedView => ({
  name: view.name,
  joinKeys: entities.map(({ joinKey }) => joinKey),
  entities,
  ttlMs: view.ttlDays * DAY_MS,
});

const planOf = (resolved: ResolvedFeatures): ReadPlan => {
  const stored = resolved.views.map(({ version }) => plannedView(version));
  const joinKeys = new Set(stored.flatMap((view) => view.joinKeys));
  return { ...resolved, stored, joinKeys, computation: computationOf(resolved) };
};

export const featureKey = ({ view, feature }: FeatureName): string => `${view}:${feature}`;

/**
 * Resolves what requests ask for and remembers it for a moment, so that a read costs no look into the catalog. A changed
 * definition is seen `freshMs` later at most. @default 10_000
 */
export const readPlans = (catalog: FeatureCatalog, clock: Clock, freshMs = 10_000): ReadPlans => {
  const plans = remembered<ReadPlan>(clock, freshMs);
  return (request) => {
    const key = JSON.stringify([request.project, request.featureService, request.features]);
    return plans(key, () => resolveFeatures(catalog, request).then(planOf));
  };
};
