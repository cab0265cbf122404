import type { ModelVersion, RegistryChange, Stage } from '#contracts/registry.ts';
import { changeModel, type Decision, type Standing } from './change-model.ts';
import type { Draft } from './change-records.ts';
import type { ChangeOf, ModelRecord, RegistryDeps, StoredVersion } from './ports.ts';
import { restaged } from './stage-moves.ts';
import { requireVersion, shownVersion } from './versions.ts';

export interface StageMove extends ChangeOf {
  readonly version: number;
  readonly stage: Stage;
  /** Archives whatever else stands in the target stage, in the same step. @default true */
  readonly archiveExisting?: boolean;
}

/** How the record of the version itself reads. */
type MoveKind = Extract<RegistryChange['kind'], 'stage' | 'rollback'>;

// A step holds 100 items and 4 MB; each version moved is two items of up to 400 KB and 5 KB. What is more than so many,
// or so much, is archived in steps of its own before. The rest of the 4 MB is for the model and the version itself.
const ARCHIVED_TOGETHER = 40;
const BYTES_TOGETHER = 2_500_000;
// The change is the newest of the model, unless others went on meanwhile.
const RECENT_CHANGES = 50;

const leaving = async (deps: RegistryDeps, { record }: Standing, move: StageMove): Promise<StoredVersion[]> => {
  const isActive = move.stage === 'Staging' || move.stage === 'Production';
  if (!isActive || move.archiveExisting === false) return [];
  const others = record.staged[move.stage].filter((number) => number !== move.version).slice(0, ARCHIVED_TOGETHER + 1);
  return Promise.all(others.map((number) => requireVersion(deps, record, number)));
};

const bytesOf = (version: StoredVersion): number => {
  const text = JSON.stringify(version);
  let bytes = 0;
  for (let i = 0; i < text.length; i++) bytes += text.charCodeAt(i) < 0x80 ? 1 : 3;
  return bytes;
};

/** As many as go into one step, one at least. */
const together = (versions: readonly StoredVersion[]): StoredVersion[] => {
  const taken: StoredVersion[] = [];
  let left = BYTES_TOGETHER;
  for (const version of versions.slice(0, ARCHIVED_TOGETHER)) {
    left -= bytesOf(version);
    if (left < 0 && taken.length > 0) break;
    taken.push(version);
  }
  return taken;
};

const isMove = ({ kind }: RegistryChange): boolean => kind === 'stage' || kind === 'rollback';

interface Told {
  readonly version: number;
  readonly from: Stage;
  readonly to: Stage;
  readonly by: string;
}
const told = ({ version = 0, from, to, by }: RegistryChange | (Draft & { readonly by: string })): Told => ({
  version,
  from: from as Stage,
  to: to as Stage,
  by,
});

/** What the move changed when it came before; empty when the version stands there for another reason. */
const toldBefore = async (deps: RegistryDeps, modelKey: string, move: StageMove): Promise<Told[]> => {
  const { items } = await deps.registry.listChanges(modelKey, { maxResults: RECENT_CHANGES });
  const moves = items.filter(isMove);
  const made = moves.find((one) => one.version === move.version);
  return made?.to === move.stage
    ? moves
        .filter((one) => one.atMs === made.atMs)
        .reverse()
        .map(told)
    : [];
};

interface Moved {
  readonly version: ModelVersion;
  readonly changes: readonly Told[];
  readonly isDone: boolean;
}
interface Plan {
  readonly move: Omit<StageMove, 'version'>;
  readonly kind: MoveKind;
  /** The version, or how it is chosen: with what stands when the move is written. */
  readonly target: number | ((record: ModelRecord) => Promise<number>);
}

const draftOf = (version: StoredVersion, to: Stage, kind: MoveKind): Draft => ({
  kind,
  version: version.version,
  from: version.stage,
  to,
});

const decided = async (deps: RegistryDeps, standing: Standing, plan: Plan): Promise<Decision<Moved>> => {
  const { record, atMs } = standing;
  const { kind, target: chosen } = plan;
  const move = { ...plan.move, version: typeof chosen === 'number' ? chosen : await chosen(record) };
  const target = await requireVersion(deps, record, move.version);
  const others = await leaving(deps, standing, move);
  if (target.stage === move.stage && others.length === 0) {
    const changes = await toldBefore(deps, record.modelKey, move);
    return { answer: { version: shownVersion(target, record), changes, isDone: true }, drafts: [] };
  }
  const archived = together(others);
  const isDone = archived.length === others.length;
  const drafts = archived.map((version) => draftOf(version, 'Archived', 'stage'));
  const moved = archived.map((version) => ({ ...version, stage: 'Archived' as Stage, lastUpdateTimeMs: atMs }));
  const now = { ...target, stage: move.stage, lastUpdateTimeMs: atMs };
  if (isDone && target.stage !== move.stage) {
    drafts.push(draftOf(target, move.stage, kind));
    moved.push(now);
  }
  const model = { ...record.model, lastUpdateTimeMs: atMs };
  return {
    answer: {
      version: shownVersion(now, { ...record, model }),
      changes: drafts.map((draft) => told({ ...draft, by: move.by })),
      isDone,
    },
    record: { model, staged: restaged(record.staged, moved) },
    versions: moved,
    drafts,
  };
};

/** Moves a version, as a transition or as a rollback, and says so. */
export const moveVersion = async (deps: RegistryDeps, plan: Plan): Promise<ModelVersion> => {
  const { move } = plan;
  for (let { target } = plan; ; ) {
    const { version, changes, isDone } = await changeModel(deps, move, (standing) =>
      decided(deps, standing, { ...plan, target }),
    );
    for (const change of changes) await deps.events?.publish('StageChanged', { model: move.name, ...change });
    if (isDone) return version;
    // A step that archived others must not change the choice of the next.
    target = version.version;
  }
};

/**
 * Moves a version to a stage; when archiving, whatever stood there is archived in the same step, so that Production
 * never holds two. Moving a version to where it stands changes nothing, but StageChanged goes out again: a caller that
 * fell between the write and the event repeats the move.
 * @throws MODEL_NOT_FOUND, VERSION_NOT_FOUND
 * @example await transitionStage(deps, { name: 'churn', version: 3, stage: 'Production', reason: 'canary ok', by: 'ann' })
 */
export const transitionStage = (deps: RegistryDeps, move: StageMove): Promise<ModelVersion> =>
  moveVersion(deps, { move, kind: 'stage', target: move.version });
