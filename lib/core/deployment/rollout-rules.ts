import type { Deployment, RolloutState } from '#contracts/deployment.ts';
import { PlatformError } from '#core/shared/index.ts';
import { underway } from './variants.ts';

/** Is the version the one being rolled out, or already all that serves? */
export const isAlive = (deployment: Deployment | undefined, version: number): boolean =>
  underway(deployment) === version || isServingAlone(deployment, version);

/** Promoted earlier and nothing else rolled out since: deploying it again changes nothing. */
export const isServingAlone = (deployment: Deployment | undefined, version: number): boolean =>
  deployment?.phase === 'stable' && deployment.variants[0]?.version === version;

/**
 * A newer version takes the place of a running canary (also of one whose pipeline died); an older one has to wait.
 * @throws DEPLOYMENT_IN_PROGRESS
 */
export const refuseOlder = (current: Deployment | undefined, version: number): void => {
  const other = underway(current);
  if (other === undefined || version >= other) return;
  const message =
    `${current?.model} version ${other} is being rolled out (${current?.reason}); an older version, here ${version}, ` +
    'may not take its place: wait for it to end or roll it back first';
  throw new PlatformError('DEPLOYMENT_IN_PROGRESS', message, { underway: other, version });
};

export const endedBecause = (current: Deployment | undefined, { model, version }: RolloutState): string => {
  const other = underway(current);
  return other === undefined
    ? `the rollout of ${model} version ${version} was ended at revision ${current?.revision ?? 0}: ${current?.reason ?? 'never deployed'}`
    : `version ${other} took the place of ${model} version ${version}`;
};

/** @throws GUARD_FAILED when the rollout was ended or superseded meanwhile */
export const refuseEnded = (current: Deployment | undefined, state: RolloutState): void => {
  if (isAlive(current, state.version)) return;
  const message = `${endedBecause(current, state)}; to try it again deploy it again`;
  throw new PlatformError('GUARD_FAILED', message, { version: state.version, revision: current?.revision });
};
