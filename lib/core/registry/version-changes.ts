import type { ModelVersion } from '#contracts/registry.ts';
import { PlatformError } from '../shared/errors.ts';
import { changeModel } from './change-model.ts';
import { tellVersionEnded } from './endings.ts';
import type { ChangeOf, ModelRecord, RegistryDeps } from './ports.ts';
import { unstaged } from './stage-moves.ts';
import { requireVersion, shownVersion } from './versions.ts';

export interface VersionChange extends ChangeOf {
  readonly version: number;
}

/** A new description. @throws MODEL_NOT_FOUND, VERSION_NOT_FOUND */
export const updateVersion = (
  deps: RegistryDeps,
  wanted: VersionChange & { readonly description: string },
): Promise<ModelVersion> => {
  const { version: number, description } = wanted;
  return changeModel(deps, wanted, async ({ record, atMs }) => {
    const before = await requireVersion(deps, record, number);
    const now = { ...before, description, lastUpdateTimeMs: atMs };
    const draft = { kind: 'description' as const, version: number, from: before.description, to: description };
    return { answer: shownVersion(now, record), versions: [now], drafts: [draft] };
  });
};

const refuseServing = ({ model, deployment }: ModelRecord, version: number): void => {
  if (!deployment?.versions.includes(version)) return;
  const message = `${model.name} version ${version} gets traffic; deploy another version, then delete this one`;
  throw new PlatformError('MODEL_IN_USE', message, { name: model.name, version });
};

/**
 * Deletes a version with the aliases that name it. Its number is never given again; its history stays.
 * @throws MODEL_NOT_FOUND, VERSION_NOT_FOUND, MODEL_IN_USE when it gets traffic
 */
export const deleteVersion = async (deps: RegistryDeps, wanted: VersionChange): Promise<void> => {
  const { version: number, name: model, by } = wanted;
  const before = await changeModel(deps, wanted, async ({ record, atMs }) => {
    const { stage } = await requireVersion(deps, record, number);
    refuseServing(record, number);
    const aliases = Object.entries(record.model.aliases);
    const gone = aliases.filter(([, version]) => version === number).map(([alias]) => alias);
    const kept = Object.fromEntries(aliases.filter(([, version]) => version !== number));
    const model = { ...record.model, aliases: kept, lastUpdateTimeMs: atMs };
    const facts = gone.length > 0 && { facts: { aliases: gone.sort().join(', ') } };
    return {
      answer: record,
      record: { model, staged: unstaged(record.staged, number) },
      deletedVersions: [number],
      drafts: [{ kind: 'version-deleted' as const, version: number, from: stage, to: '', ...facts }],
    };
  });
  await tellVersionEnded(deps, before, { model, version: number, by });
};
