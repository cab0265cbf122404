import type { ModelVersion, RegistryChange, Stage } from '#contracts/registry.ts';
import type { ModelRecord, RegistryDeps, StagedIn, StoredVersion } from './ports.ts';
import { tryAgain } from './try-again.ts';
import { requireRecord, requireVersion, withAliases } from './versions.ts';

export interface StageMove {
  readonly name: string;
  readonly version: number;
  readonly stage: Stage;
  /** Archives whatever else stands in the target stage, in the same step. @default true */
  readonly archiveExisting?: boolean;
  readonly reason?: string;
  readonly by: string;
}

// The change is the newest of the model, unless others went on meanwhile.
const RECENT_CHANGES = 50;

const isStaged = (stage: Stage): stage is StagedIn => stage === 'Staging' || stage === 'Production';

/** Who stands in Staging and Production once `moved` stand where they say. */
const restage = (staged: ModelRecord['staged'], moved: readonly StoredVersion[]): ModelRecord['staged'] => {
  const numbers = new Set(moved.map((version) => version.version));
  const inStage = (stage: StagedIn): number[] => [
    ...staged[stage].filter((number) => !numbers.has(number)),
    ...moved.filter((version) => version.stage === stage).map((version) => version.version),
  ];
  return { Staging: inStage('Staging'), Production: inStage('Production') };
};

const leaving = async (deps: RegistryDeps, before: ModelRecord, move: StageMove): Promise<StoredVersion[]> => {
  if (!isStaged(move.stage) || move.archiveExisting === false) return [];
  const others = before.staged[move.stage].filter((number) => number !== move.version);
  return Promise.all(others.map((number) => requireVersion(deps, before.model, number)));
};

interface Moved {
  readonly version: ModelVersion;
  readonly changes: readonly RegistryChange[];
}

/** What the move changed when it came before; empty when the version stands there for another reason. */
const changedBefore = async (deps: RegistryDeps, move: StageMove): Promise<RegistryChange[]> => {
  const { items } = await deps.registry.listChanges(move.name, { maxResults: RECENT_CHANGES });
  const stages = items.filter((one) => one.kind === 'stage');
  const made = stages.find((one) => one.version === move.version);
  return made?.to === move.stage ? stages.filter((one) => one.atMs === made.atMs).reverse() : [];
};

const attemptMove = async (deps: RegistryDeps, move: StageMove): Promise<Moved> => {
  const before = await requireRecord(deps, move.name);
  const target = await requireVersion(deps, before.model, move.version);
  const archived = await leaving(deps, before, move);
  if (target.stage === move.stage && archived.length === 0)
    return { version: withAliases(target, before.model), changes: await changedBefore(deps, move) };
  const atMs = deps.clock.now().getTime();
  const moves: [StoredVersion, Stage][] = archived.map((version) => [version, 'Archived']);
  if (target.stage !== move.stage) moves.push([target, move.stage]);
  const versions = moves.map(([version, stage]) => ({ ...version, stage, lastUpdateTimeMs: atMs }));
  const changes = moves.map(([version, stage]) => change(version, stage, { move, atMs }));
  const model = { ...before.model, lastUpdateTimeMs: atMs };
  const record = { model, revision: before.revision + 1, staged: restage(before.staged, versions) };
  await deps.registry.commit({ record, expectedRevision: before.revision, versions, changes });
  const now = versions.find((version) => version.version === move.version) ?? target;
  return { version: withAliases(now, model), changes };
};

const change = (version: StoredVersion, to: Stage, how: { move: StageMove; atMs: number }): RegistryChange => ({
  name: version.name,
  version: version.version,
  kind: 'stage',
  from: version.stage,
  to,
  reason: how.move.reason ?? '',
  by: how.move.by,
  atMs: how.atMs,
});

/**
 * Moves a version to a stage; when archiving, whatever stood there is archived in the same step, so that Production
 * never holds two. Moving a version to where it stands changes nothing, but StageChanged goes out again: a caller that
 * fell between the write and the event repeats the move.
 * @throws MODEL_NOT_FOUND, VERSION_NOT_FOUND
 * @example await transitionStage(deps, { name: 'churn', version: 3, stage: 'Production', reason: 'canary ok', by: 'ann' })
 */
export const transitionStage = async (deps: RegistryDeps, move: StageMove): Promise<ModelVersion> => {
  const { version, changes } = await tryAgain(() => attemptMove(deps, move));
  for (const { name: model, version: number, from, to, by } of changes)
    await deps.events?.publish('StageChanged', { model, version: number, from: from as Stage, to: to as Stage, by });
  return version;
};
