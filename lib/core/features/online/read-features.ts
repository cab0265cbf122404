import type { OnlineReply } from '#contracts/feature-requests.ts';
import type { FeatureValue } from '#contracts/online.ts';
import { PlatformError } from '../../shared/errors.ts';
import type { ReadPlan } from './plan.ts';
import { type OnlineDeps, readOnline } from './read-online.ts';

export interface EntityRead {
  readonly entityId: string;
  readonly project?: string | undefined;
  /** Comma-separated: view:feature, view, or a service. */
  readonly featureViews: string;
}

/** The one column that the entity's id stands in. */
const onlyJoinKey = ({ joinKeys }: ReadPlan, featureViews: string): string => {
  const [only] = joinKeys;
  if (only !== undefined && joinKeys.size === 1) return only;
  const names = [...joinKeys].join(', ') || 'none';
  throw new PlatformError(
    'INVALID_REQUEST',
    `"${featureViews}" is read by these join keys: ${names}; one entity id fits one join key, so ask POST /features/online`,
    { joinKeys: [...joinKeys] },
  );
};

const isNothing = ({ columns }: OnlineReply): boolean =>
  columns.every(({ statuses }) => statuses.every((status) => status === 'NOT_FOUND' || status === 'OUTSIDE_MAX_AGE'));

/**
 * Newest features of one entity by name; null where one is missing or too old.
 * @throws ENTITY_NOT_FOUND when there is nothing of it that holds; and what readOnline throws
 */
export const readFeatures = async (deps: OnlineDeps, { entityId, project, featureViews }: EntityRead) => {
  const features = featureViews
    .split(',')
    .map((ref) => ref.trim())
    .filter((ref) => ref !== '');
  const plan = await deps.plans({ project, features });
  const names = plan.order.map(({ feature }) => feature);
  const reply = await readOnline(deps, {
    ...(project !== undefined && { project }),
    features,
    entities: { [onlyJoinKey(plan, featureViews)]: [entityId] },
    // Views may share names: then each is told by its view.
    fullFeatureNames: new Set(names).size < names.length,
    consistent: false,
  });
  if (isNothing(reply))
    throw new PlatformError(
      'ENTITY_NOT_FOUND',
      `no features of "${entityId}" are stored for ${featureViews}, or they are too old; push or materialize them`,
      { entity: entityId },
    );
  const values = reply.featureNames.map((name, i): [string, FeatureValue] => [
    name,
    reply.columns[i]?.values[0] ?? null,
  ]);
  return { entityId, features: Object.fromEntries(values) };
};
