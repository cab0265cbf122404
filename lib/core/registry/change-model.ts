import { type Draft, sealed } from './change-records.ts';
import type {
  ChangeOf,
  RegistryDeps as Deps,
  ModelRecord,
  NameRecord,
  RegistryCommit,
  StoredVersion,
} from './ports.ts';
import { tryAgain } from './try-again.ts';
import { requireName } from './versions.ts';

/** A model as it stands while a change of it is decided. */
export interface Standing {
  readonly names: NameRecord;
  readonly record: ModelRecord;
  /** When the change counts: now, but never before the change before it. */
  readonly atMs: number;
}

/** What becomes of the model; without drafts nothing is written. */
export interface Decision<T> {
  readonly answer: T;
  readonly drafts: readonly Draft[];
  readonly record?: Partial<Omit<ModelRecord, 'head' | 'modelKey'>>;
  readonly versions?: readonly StoredVersion[];
  readonly deletedVersions?: readonly number[];
  readonly key?: RegistryCommit['key'];
}

/** Time of the next record: clocks of two machines differ, a history goes forward. */
export const timeOf = (deps: Pick<Deps, 'clock'>, { head }: ModelRecord): number =>
  Math.max(deps.clock.now().getTime(), head.atMs);

export const stepOf = ({ name, by, reason = '' }: ChangeOf, { record, atMs }: Standing) => ({
  name,
  modelKey: record.modelKey,
  by,
  reason,
  atMs,
});

const commitOf = (deps: Deps, change: ChangeOf, { standing, decision }: Decided): RegistryCommit => {
  const { names, record } = standing;
  const { drafts, versions = [], deletedVersions, key } = decision;
  const { changes, head } = sealed(deps.digest, record.head, { step: stepOf(change, standing), drafts });
  const live = { ...record, ...decision.record, head };
  return {
    modelKey: record.modelKey,
    names: [
      {
        name: change.name,
        record: { ...names, live, revision: names.revision + 1 },
        expectedRevision: names.revision,
      },
    ],
    versions,
    changes,
    ...(deletedVersions && { deletedVersions }),
    ...(key && { key }),
  };
};
interface Decided {
  readonly standing: Standing;
  readonly decision: Decision<unknown>;
}

/**
 * Reads a model, decides, and writes the change with its records in one step; anew when someone else was faster.
 * @throws MODEL_NOT_FOUND
 */
export const changeModel = <T>(
  deps: Deps,
  change: ChangeOf,
  decide: (standing: Standing) => Promise<Decision<T>> | Decision<T>,
): Promise<T> =>
  tryAgain(async () => {
    const names = await requireName(deps, change.name);
    const standing = { names, record: names.live, atMs: timeOf(deps, names.live) };
    const decision = await decide(standing);
    if (decision.drafts.length > 0) await deps.registry.commit(commitOf(deps, change, { standing, decision }));
    return decision.answer;
  });
