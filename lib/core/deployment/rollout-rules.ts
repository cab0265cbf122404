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

const runBy = (endpoint: string | undefined): string => (endpoint === undefined ? 'the fleet' : `endpoint ${endpoint}`);

/**
 * A canary compares version with version: moving one that serves to other machines would be a change of all traffic that
 * nothing is held against.
 * @throws INVALID_REQUEST
 */
export const refuseElsewhere = (current: Deployment | undefined, wanted: Placed): void => {
  if (!isAlive(current, wanted.version)) return;
  const { endpoint } = current?.variants.find(({ version }) => version === wanted.version) ?? {};
  if (endpoint === wanted.endpoint) return;
  const message =
    `${current?.model} version ${wanted.version} serves already, run by ${runBy(endpoint)}; to have ` +
    `${runBy(wanted.endpoint)} run it, register it as a new version and deploy that`;
  throw new PlatformError('INVALID_REQUEST', message, { version: wanted.version, endpoint, wanted: wanted.endpoint });
};
type Placed = Pick<RolloutState, 'version'> & { readonly endpoint?: string | undefined };

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
