import type { ModelVersion, RegisteredModel } from '#contracts/registry.ts';
import { PlatformError } from '../shared/errors.ts';
import { changeModel } from './change-model.ts';
import type { Draft } from './change-records.ts';
import { checkAlias, checkNewAlias, isLatest } from './names.ts';
import { newestChange } from './newest-change.ts';
import type { ChangeOf, ModelRecord, ReadingDeps, RegistryDeps } from './ports.ts';
import { requireName, requireVersion, shownVersion } from './versions.ts';

export interface AliasChange extends ChangeOf {
  readonly alias: string;
}

const numbered = (text: string | undefined): number | null => (text ? Number(text) : null);

interface Turn {
  readonly record: ModelRecord;
  readonly alias: string;
  readonly version: number | undefined;
}

const turned = ({ record: { model }, alias, version }: Turn): RegisteredModel => {
  const { [alias]: _, ...others } = model.aliases;
  return { ...model, aliases: version === undefined ? others : { ...others, [alias]: version } };
};

const turn = ({ record, alias, version }: Turn) => {
  const before = record.model.aliases[alias];
  const model = turned({ record, alias, version });
  if (before === version) return { model, drafts: [] };
  const texts = { from: String(before ?? ''), to: String(version ?? '') };
  // Of a taken alias the version that had it is the one concerned.
  const concerned = version ?? before;
  return {
    model,
    drafts: [{ kind: 'alias' as const, key: alias, ...texts, ...(concerned !== undefined && { version: concerned }) }],
  };
};

interface Written {
  readonly modelKey: string;
  /** What this call changed; nothing when it was so already. */
  readonly draft: Draft | undefined;
}

/** Told after the write and again when it is repeated: whoever fell in between repeats it. */
const announce = async (deps: RegistryDeps, wanted: AliasChange, { modelKey, draft }: Written): Promise<void> => {
  const { name: model, alias } = wanted;
  const made = draft
    ? { ...draft, by: wanted.by }
    : await newestChange(deps, modelKey, ({ kind, key }) => kind === 'alias' && key === alias);
  if (!made) return;
  const versions = { version: numbered(made.to), from: numbered(made.from) };
  await deps.events?.publish('AliasChanged', { model, alias, ...versions, by: made.by });
};

/**
 * Lets an alias name a version, from one moment to the next.
 * @throws INVALID_REQUEST for latest, v1 and the like, MODEL_NOT_FOUND, VERSION_NOT_FOUND
 */
export const setAlias = async (
  deps: RegistryDeps,
  wanted: AliasChange & { readonly version: number },
): Promise<ModelVersion> => {
  const { alias, version } = wanted;
  checkNewAlias(alias);
  const { shown, written } = await changeModel(deps, wanted, async ({ record }) => {
    const stored = await requireVersion(deps, record, version);
    const { model, drafts } = turn({ record, alias, version });
    const written = { modelKey: record.modelKey, draft: drafts[0] };
    const answer = { shown: shownVersion(stored, { ...record, model }), written };
    return { answer, record: { model }, drafts };
  });
  await announce(deps, wanted, written);
  return shown;
};

/** Nothing happens when it is not there. @throws MODEL_NOT_FOUND, INVALID_REQUEST */
export const deleteAlias = async (deps: RegistryDeps, wanted: AliasChange): Promise<RegisteredModel> => {
  const { alias } = wanted;
  checkAlias(alias);
  const { model, written } = await changeModel(deps, wanted, ({ record }) => {
    const { model, drafts } = turn({ record, alias, version: undefined });
    return { answer: { model, written: { modelKey: record.modelKey, draft: drafts[0] } }, record: { model }, drafts };
  });
  await announce(deps, wanted, written);
  return model;
};

const newest = ({ staged }: ModelRecord): number | undefined => {
  const all = Object.values(staged).flat();
  return all.length > 0 ? Math.max(...all) : undefined;
};

/** The version that an alias names; `latest` is the newest. @throws MODEL_NOT_FOUND, ALIAS_NOT_FOUND, VERSION_NOT_FOUND */
export const versionByAlias = async (deps: ReadingDeps, name: string, alias: string): Promise<ModelVersion> => {
  checkAlias(alias);
  const { live } = await requireName(deps, name);
  const version = isLatest(alias) ? newest(live) : live.model.aliases[alias];
  if (version !== undefined) return shownVersion(await requireVersion(deps, live, version), live);
  if (isLatest(alias)) throw new PlatformError('VERSION_NOT_FOUND', `${name} has no version yet`, { name });
  const known = Object.keys(live.model.aliases).sort().slice(0, 20).join(', ') || 'none';
  throw new PlatformError('ALIAS_NOT_FOUND', `${name} has no alias "${alias}"; it has ${known}`, { name, alias });
};
