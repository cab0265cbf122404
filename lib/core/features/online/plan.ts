import type { FeatureViewVersion } from '#contracts/features.ts';
import type { Clock } from '../../shared/ports.ts';
import { type FeatureName, type ResolvedFeatures, type ResolveRequest, resolveFeatures } from '../catalog/index.ts';
import type { FeatureCatalog } from '../ports.ts';
import { type Computation, computationOf } from './computation.ts';

const DAY_MS = 86_400_000;
const REMEMBERED = 1_000;

export interface PlannedView {
  readonly name: string;
  readonly joinKeys: readonly string[];
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
  ttlMs: view.ttlDays * DAY_MS,
});

const planOf = (resolved: ResolvedFeatures): ReadPlan => {
  const stored = resolved.views.map(({ version }) => plannedView(version));
  const joinKeys = new Set(stored.flatMap((view) => view.joinKeys));
  return { ...resolved, stored, joinKeys, computation: computationOf(resolved) };
};

export const featureKey = ({ view, feature }: FeatureName): string => `${view}:${feature}`;

interface Remembered {
  readonly plan: Promise<ReadPlan>;
  readonly madeAtMs: number;
}

/**
 * Resolves what requests ask for and remembers it for a moment, so that a read costs no look into the catalog. A changed
 * definition is seen `freshMs` later at most. @default 10_000
 */
export const readPlans = (catalog: FeatureCatalog, clock: Clock, freshMs = 10_000): ReadPlans => {
  const known = new Map<string, Remembered>();
  const make = (key: string, request: ResolveRequest): Promise<ReadPlan> => {
    const plan = resolveFeatures(catalog, request).then(planOf);
    if (known.size >= REMEMBERED) known.clear();
    known.set(key, { plan, madeAtMs: clock.now().getTime() });
    // What failed may be mended at once: nobody waits for a memory of it to go.
    plan.catch(() => known.delete(key));
    return plan;
  };
  return (request) => {
    const key = JSON.stringify([request.project, request.featureService, request.features]);
    const found = known.get(key);
    if (found && clock.now().getTime() - found.madeAtMs < freshMs) return found.plan;
    return make(key, request);
  };
};
