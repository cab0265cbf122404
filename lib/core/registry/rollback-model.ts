import type { ModelVersion, RegistryChange } from '#contracts/registry.ts';
import { PlatformError } from '../shared/errors.ts';
import { newestFirst } from './newest-change.ts';
import type { ChangeOf, ModelRecord, RegistryDeps } from './ports.ts';
import { standsInProduction } from './production-at.ts';
import { liveVersions } from './stage-moves.ts';
import { moveVersion } from './transition-stage.ts';
import { type Arrival, versionsBefore } from './versions-before.ts';

export interface Rollback extends ChangeOf {
  readonly reason: string;
  /** Goes to Production. @default the version that was promoted before the one that is there now */
  readonly version?: number | undefined;
}

const arrivals = async (deps: RegistryDeps, { modelKey, head }: ModelRecord): Promise<Arrival[]> => {
  const found: Arrival[] = [];
  for await (const { kind, to, version } of newestFirst(deps, modelKey, head.sequence))
    if (version !== undefined && to === 'Production' && (kind === 'stage' || kind === 'rollback'))
      found.push({ version, isReturn: kind === 'rollback' });
  return found.reverse();
};

/** The nearest version before the one in Production that is still there. */
const predecessor = async (deps: RegistryDeps, record: ModelRecord, serving: number): Promise<number | undefined> => {
  const there = new Set(liveVersions(record.staged));
  return versionsBefore(await arrivals(deps, record), serving).find((version) => there.has(version));
};

const nothingBefore = (name: string, serving: number | undefined): PlatformError => {
  const what =
    serving === undefined ? `${name} has no version in Production` : `${name} version ${serving} is the first there`;
  return new PlatformError('NOTHING_TO_ROLL_BACK_TO', `${what}; move another version to Production instead`, { name });
};

/** Did this request's first try write the newest move? Its reply was lost. */
const isOwnWrite = ({ reason, by }: Rollback, newest: RegistryChange): boolean =>
  newest.kind === 'rollback' && newest.reason === reason && newest.by === by;

const targetOf = async (deps: RegistryDeps, wanted: Rollback, record: ModelRecord): Promise<number> => {
  const now = await standsInProduction(newestFirst(deps, record.modelKey, record.head.sequence));
  if (now?.version !== undefined && isOwnWrite(wanted, now)) return now.version;
  const target = now?.version && (await predecessor(deps, record, now.version));
  if (target) return target;
  throw nothingBefore(wanted.name, now?.version);
};

/**
 * Puts the version that was in Production before back there, and archives the present one, in one step that is recorded
 * as a rollback. It moves no traffic: for a deployed model core/deployment goes back and calls this with its version.
 * As long as a rollback is the newest move, the same caller with the same reason means that one: it is answered again.
 * @throws MODEL_NOT_FOUND, VERSION_NOT_FOUND, NOTHING_TO_ROLL_BACK_TO
 */
export const rollbackModel = (deps: RegistryDeps, wanted: Rollback): Promise<ModelVersion> => {
  const { name, by, reason, version } = wanted;
  const move = { name, stage: 'Production' as const, archiveExisting: true, reason, by };
  const target = version ?? ((record: ModelRecord) => targetOf(deps, wanted, record));
  return moveVersion(deps, { move, kind: 'rollback', target });
};
