import type { ModelVersion, RegistryChange } from '#contracts/registry.ts';
import { PlatformError } from '../shared/errors.ts';
import { newestFirst } from './newest-change.ts';
import type { ChangeOf, ModelRecord, RegistryDeps } from './ports.ts';
import { standsInProduction } from './production-at.ts';
import { liveVersions } from './stage-moves.ts';
import { moveVersion } from './transition-stage.ts';
import { requireName } from './versions.ts';

export interface Rollback extends ChangeOf {
  readonly reason: string;
  /** Goes to Production. @default the version that was promoted before the one that is there now */
  readonly version?: number | undefined;
}

/** A client's retries come within this time. */
const RETRY_MS = 60_000;

const isPromotion = ({ kind, to }: RegistryChange): boolean => kind === 'stage' && to === 'Production';

/**
 * The version promoted before the one in Production, so that going back twice goes back two versions. Versions that are
 * no longer there are passed over.
 */
const predecessor = async (deps: RegistryDeps, record: ModelRecord, serving: number): Promise<number | undefined> => {
  const there = new Set(liveVersions(record.staged));
  let isBefore = false;
  for await (const change of newestFirst(deps, record.modelKey)) {
    if (!isPromotion(change) || change.version === undefined) continue;
    if (change.version === serving) isBefore = true;
    else if (isBefore && there.has(change.version)) return change.version;
  }
  return undefined;
};

const nothingBefore = (name: string, serving: number | undefined): PlatformError => {
  const what =
    serving === undefined ? `${name} has no version in Production` : `${name} version ${serving} is the first there`;
  return new PlatformError('NOTHING_TO_ROLL_BACK_TO', `${what}; move another version to Production instead`, { name });
};

/** Did this request's first try write the newest move? Its reply was lost. */
const isOwnWrite = (deps: RegistryDeps, { reason, by }: Rollback, newest: RegistryChange | undefined): boolean =>
  newest?.kind === 'rollback' &&
  newest.reason === reason &&
  newest.by === by &&
  deps.clock.now().getTime() - newest.atMs < RETRY_MS;

const targetOf = async (deps: RegistryDeps, wanted: Rollback, record: ModelRecord): Promise<number> => {
  if (wanted.version !== undefined) return wanted.version;
  const now = await standsInProduction(newestFirst(deps, record.modelKey));
  if (now?.version !== undefined && isOwnWrite(deps, wanted, now)) return now.version;
  const target = now?.version && (await predecessor(deps, record, now.version));
  if (target) return target;
  throw nothingBefore(wanted.name, now?.version);
};

/**
 * Puts the version that was in Production before back there, and archives the present one, in one step that is recorded
 * as a rollback. It moves no traffic: for a deployed model core/deployment goes back and calls this with its version.
 * A retry (same caller and reason within a minute) answers what the first try did.
 * @throws MODEL_NOT_FOUND, VERSION_NOT_FOUND, NOTHING_TO_ROLL_BACK_TO
 */
export const rollbackModel = async (deps: RegistryDeps, wanted: Rollback): Promise<ModelVersion> => {
  const { live } = await requireName(deps, wanted.name);
  const version = await targetOf(deps, wanted, live);
  const { name, by, reason } = wanted;
  const move = { name, version, stage: 'Production' as const, archiveExisting: true, reason, by };
  return moveVersion(deps, { move, kind: 'rollback' });
};
