import type { RegisteredModel } from '#contracts/registry.ts';
import { PlatformError } from '../shared/errors.ts';
import { changeModel, stepOf, timeOf } from './change-model.ts';
import { emptyHistory, sealed } from './change-records.ts';
import { tellNameBegun, tellNameEnded } from './endings.ts';
import { checkModelName, checkTags } from './names.ts';
import type { ChangeOf, FormerModel, ModelRecord, NameRecord, RegistryDeps } from './ports.ts';
import { tryAgain } from './try-again.ts';
import { requireName } from './versions.ts';

export interface NewModel extends ChangeOf {
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Models that bore a name before the one that bears it are remembered, as many as an item holds. */
const REMEMBERED = 1_000;
const remembering = (past: readonly FormerModel[], former: FormerModel): FormerModel[] =>
  [...past, former].slice(-REMEMBERED);

const blank = (deps: RegistryDeps, wanted: NewModel): ModelRecord => {
  const atMs = deps.clock.now().getTime();
  const { name, description = '', tags = {} } = wanted;
  const times = { creationTimeMs: atMs, lastUpdateTimeMs: atMs };
  return {
    modelKey: deps.ids.ulid(),
    model: { name, description, tags: { ...tags }, ...times, lastVersion: 0, aliases: {} },
    staged: { None: [], Staging: [], Production: [], Archived: [] },
    head: { ...emptyHistory, atMs },
    namedAtMs: atMs,
  };
};

const taken = (name: string): PlatformError =>
  new PlatformError('MODEL_EXISTS', `there is a model "${name}" already; choose another name`, { name });

const writeNew = async (deps: RegistryDeps, wanted: NewModel, names?: NameRecord): Promise<RegisteredModel> => {
  const fresh = blank(deps, wanted);
  // A name that is free again goes on where it ended, so that moments in it stay apart.
  const atMs = Math.max(fresh.namedAtMs, names?.past.at(-1)?.untilMs ?? 0);
  const record = { ...fresh, namedAtMs: atMs };
  const tags = Object.entries(wanted.tags ?? {}).map(([key, value]) => [`tag.${key}`, value]);
  const facts = tags.length > 0 && { facts: Object.fromEntries(tags) };
  const draft = { kind: 'created' as const, from: '', to: wanted.name, ...facts };
  const step = stepOf(wanted, { record, atMs, names: { revision: 0, past: [] } });
  const { changes, head } = sealed(deps.digest, record.head, { step, drafts: [draft] });
  const revision = names?.revision ?? 0;
  const live = { ...record, head };
  const name = { revision: revision + 1, live, past: names?.past ?? [] };
  await deps.registry.commit({
    modelKey: record.modelKey,
    names: [{ name: wanted.name, record: name, expectedRevision: revision }],
    versions: [],
    changes,
  });
  return record.model;
};

/** @throws INVALID_REQUEST, MODEL_EXISTS */
export const createModel = (deps: RegistryDeps, wanted: NewModel): Promise<RegisteredModel> => {
  checkModelName(wanted.name);
  checkTags(wanted.tags);
  return tryAgain(async () => {
    const names = await deps.registry.findName(wanted.name);
    if (names?.live) throw taken(wanted.name);
    return writeNew(deps, wanted, names);
  });
};

/** The model of that name, made when it is not there. */
export const ensureModel = (deps: RegistryDeps, name: string, by = 'platform'): Promise<RegisteredModel> => {
  checkModelName(name);
  return tryAgain(async () => {
    const names = await deps.registry.findName(name);
    return names?.live?.model ?? writeNew(deps, { name, by }, names);
  });
};

/** A new description. @throws MODEL_NOT_FOUND */
export const updateModel = (
  deps: RegistryDeps,
  wanted: ChangeOf & { readonly description: string },
): Promise<RegisteredModel> =>
  changeModel(deps, wanted, ({ record, atMs }) => {
    const { description } = wanted;
    const model = { ...record.model, description, lastUpdateTimeMs: atMs };
    const draft = { kind: 'description' as const, from: record.model.description, to: description };
    return { answer: model, record: { model }, drafts: [draft] };
  });

const refuseServing = ({ model, deployment }: ModelRecord, act: string): void => {
  if (!deployment || deployment.versions.length === 0) return;
  const message =
    `${model.name} is deployed (version ${deployment.versions.join(', ')}), and its callers and fleet know it by this ` +
    `name, so it cannot be ${act}; register its versions under another name instead`;
  throw new PlatformError('MODEL_IN_USE', message, { name: model.name, versions: deployment.versions });
};

const remove = async (deps: RegistryDeps, wanted: ChangeOf): Promise<ModelRecord> => {
  const names = await requireName(deps, wanted.name);
  const { live: record } = names;
  refuseServing(record, 'deleted');
  const atMs = timeOf(deps, record);
  const step = stepOf(wanted, { names, record, atMs });
  const drafts = [{ kind: 'deleted' as const, from: wanted.name, to: '' }];
  const { changes, head } = sealed(deps.digest, record.head, { step, drafts });
  const { modelKey, namedAtMs } = record;
  const past = remembering(names.past, { modelKey, fromMs: namedAtMs, untilMs: atMs, head });
  const name = { revision: names.revision + 1, past };
  await deps.registry.commit({
    modelKey,
    names: [{ name: wanted.name, record: name, expectedRevision: names.revision }],
    versions: [],
    changes,
  });
  return record;
};

/**
 * Deletes a model with its versions and aliases; its history stays and the name is free again.
 * @throws MODEL_NOT_FOUND, MODEL_IN_USE when it is deployed
 */
export const deleteModel = async (deps: RegistryDeps, wanted: ChangeOf): Promise<void> => {
  const before = await tryAgain(() => remove(deps, wanted));
  await tellNameEnded(deps, before, wanted.by);
};

export interface Renaming extends ChangeOf {
  readonly newName: string;
}

const move = async (deps: RegistryDeps, wanted: Renaming): Promise<{ before: ModelRecord; now: ModelRecord }> => {
  const names = await requireName(deps, wanted.name);
  if (wanted.newName === wanted.name) return { before: names.live, now: names.live };
  const { live: before, revision } = names;
  const target = await deps.registry.findName(wanted.newName);
  if (target?.live) throw taken(wanted.newName);
  refuseServing(before, 'renamed');
  const atMs = Math.max(timeOf(deps, before), target?.past.at(-1)?.untilMs ?? 0);
  const step = stepOf({ ...wanted, name: wanted.newName }, { names, record: before, atMs });
  const drafts = [{ kind: 'renamed' as const, from: wanted.name, to: wanted.newName }];
  const { changes, head } = sealed(deps.digest, before.head, { step, drafts });
  const model = { ...before.model, name: wanted.newName, lastUpdateTimeMs: atMs };
  const live = { ...before, model, head, namedAtMs: atMs };
  const { modelKey, namedAtMs: fromMs } = before;
  const past = remembering(names.past, { modelKey, fromMs, untilMs: atMs, renamedTo: wanted.newName });
  const found = { revision: target?.revision ?? 0, past: target?.past ?? [] };
  await deps.registry.commit({
    modelKey,
    names: [
      { name: wanted.name, record: { revision: revision + 1, past }, expectedRevision: revision },
      {
        name: wanted.newName,
        record: { ...found, revision: found.revision + 1, live },
        expectedRevision: found.revision,
      },
    ],
    versions: [],
    changes,
  });
  return { before, now: live };
};

/**
 * Gives a model another name in one step, however many versions it has: they and the history hang on its key.
 * @throws MODEL_NOT_FOUND, MODEL_EXISTS, MODEL_IN_USE when it is deployed
 */
export const renameModel = async (deps: RegistryDeps, wanted: Renaming): Promise<RegisteredModel> => {
  checkModelName(wanted.newName);
  const { before, now } = await tryAgain(() => move(deps, wanted));
  if (before === now) return now.model;
  await tellNameEnded(deps, before, wanted.by);
  await tellNameBegun(deps, now, wanted.by);
  return now.model;
};
