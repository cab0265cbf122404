import type { Page, PageQuery } from '#contracts/common.ts';
import type { ModelVersion, RegisteredModel, RegistryChange } from '#contracts/registry.ts';
import { PlatformError } from '../shared/errors.ts';
import type { ModelRecord, NameRecord, ReadingDeps, StoredVersion } from './ports.ts';

/** A stored version with the name and the aliases that its model gives it. */
export const shownVersion = (version: StoredVersion, { model, namedAtMs }: ModelRecord): ModelVersion => {
  const mine = Object.entries(model.aliases).filter(([, number]) => number === version.version);
  return {
    ...version,
    name: model.name,
    aliases: mine.map(([alias]) => alias).sort(),
    // A renamed model's versions count as changed, and writing each of hundreds anew would not fit one step.
    lastUpdateTimeMs: Math.max(version.lastUpdateTimeMs, namedAtMs),
  };
};

const noModel = (name: string): PlatformError =>
  new PlatformError('MODEL_NOT_FOUND', `there is no model "${name}"; GET /models lists those that exist`, { name });

/** A name that a model bears. @throws MODEL_NOT_FOUND */
export const requireName = async (
  { registry }: ReadingDeps,
  name: string,
): Promise<NameRecord & { readonly live: ModelRecord }> => {
  const found = await registry.findName(name);
  if (found?.live) return { ...found, live: found.live };
  throw noModel(name);
};

/** A name that a model bears or bore. @throws MODEL_NOT_FOUND */
export const requireKnownName = async ({ registry }: ReadingDeps, name: string): Promise<NameRecord> => {
  const found = await registry.findName(name);
  if (found) return found;
  throw noModel(name);
};

const noVersion = ({ name, lastVersion }: RegisteredModel, version: number): PlatformError => {
  const message =
    version >= 1 && version <= lastVersion
      ? `${name} had a version ${version}, which was deleted; GET /models/{name}/versions lists those that are there`
      : `${name} has no version ${version}; its newest is ${lastVersion}`;
  return new PlatformError('VERSION_NOT_FOUND', message, { name, version });
};

/** @throws VERSION_NOT_FOUND that tells a deleted version from one that never was */
export const requireVersion = async (
  { registry }: ReadingDeps,
  { modelKey, model }: ModelRecord,
  version: number,
): Promise<StoredVersion> => {
  const found = await registry.findVersion(modelKey, version);
  if (found) return found;
  throw noVersion(model, version);
};

/** @throws MODEL_NOT_FOUND */
export const getModel = async (deps: ReadingDeps, name: string): Promise<RegisteredModel> =>
  (await requireName(deps, name)).live.model;

/** @throws MODEL_NOT_FOUND, VERSION_NOT_FOUND */
export const getVersion = async (deps: ReadingDeps, name: string, version: number): Promise<ModelVersion> => {
  const { live } = await requireName(deps, name);
  return shownVersion(await requireVersion(deps, live, version), live);
};

/** The newest version in Production; undefined when the model or such a version is not there. */
export const productionVersion = async (deps: ReadingDeps, name: string): Promise<ModelVersion | undefined> => {
  const live = (await deps.registry.findName(name))?.live;
  if (!live || live.staged.Production.length === 0) return undefined;
  return getVersion(deps, name, Math.max(...live.staged.Production));
};

/** By name. */
export const listModels = async (deps: ReadingDeps, page: PageQuery): Promise<Page<RegisteredModel>> => {
  const found = await deps.registry.listModels(page);
  return { ...found, items: found.items.map(({ model }) => model) };
};

/** Newest first. @throws MODEL_NOT_FOUND */
export const listVersions = async (deps: ReadingDeps, name: string, page: PageQuery): Promise<Page<ModelVersion>> => {
  const { live } = await requireName(deps, name);
  const found = await deps.registry.listVersions(live.modelKey, page);
  return { ...found, items: found.items.map((version) => shownVersion(version, live)) };
};

/** Key of the model that a name means, or meant last. @throws MODEL_NOT_FOUND */
const newestKey = async (deps: ReadingDeps, name: string): Promise<string> => {
  const { live, past } = await requireKnownName(deps, name);
  return live?.modelKey ?? past.at(-1)?.modelKey ?? '';
};

/** Who changed what, newest first, also of a model that was renamed or deleted. @throws MODEL_NOT_FOUND */
export const listChanges = async (deps: ReadingDeps, name: string, page: PageQuery): Promise<Page<RegistryChange>> =>
  deps.registry.listChanges(await newestKey(deps, name), page);
