import type { Page, PageQuery } from '#contracts/common.ts';
import type { ModelVersion, RegisteredModel, RegistryChange } from '#contracts/registry.ts';
import { PlatformError } from '../shared/errors.ts';
import type { ModelRecord, RegistryDeps, StoredVersion } from './ports.ts';

type Reading = Pick<RegistryDeps, 'registry'>;

/** A stored version with the aliases that its model gives it. */
export const withAliases = (version: StoredVersion, model: RegisteredModel): ModelVersion => {
  const mine = Object.entries(model.aliases).filter(([, number]) => number === version.version);
  return { ...version, aliases: mine.map(([alias]) => alias).sort() };
};

/** @throws MODEL_NOT_FOUND */
export const requireRecord = async ({ registry }: Reading, name: string): Promise<ModelRecord> => {
  const record = await registry.find(name);
  if (record) return record;
  throw new PlatformError('MODEL_NOT_FOUND', `there is no model "${name}"; GET /models lists those that exist`, {
    name,
  });
};

/** @throws VERSION_NOT_FOUND */
export const requireVersion = async (
  { registry }: Reading,
  model: RegisteredModel,
  version: number,
): Promise<StoredVersion> => {
  const found = await registry.findVersion(model.name, version);
  if (found) return found;
  const message = `${model.name} has no version ${version}; its newest is ${model.lastVersion}`;
  throw new PlatformError('VERSION_NOT_FOUND', message, { name: model.name, version });
};

/** @throws MODEL_NOT_FOUND */
export const getModel = async (deps: Reading, name: string): Promise<RegisteredModel> =>
  (await requireRecord(deps, name)).model;

/** @throws MODEL_NOT_FOUND, VERSION_NOT_FOUND */
export const getVersion = async (deps: Reading, name: string, version: number): Promise<ModelVersion> => {
  const { model } = await requireRecord(deps, name);
  return withAliases(await requireVersion(deps, model, version), model);
};

/** The newest version in Production; undefined when the model or such a version is not there. */
export const productionVersion = async (deps: Reading, name: string): Promise<ModelVersion | undefined> => {
  const record = await deps.registry.find(name);
  if (!record || record.staged.Production.length === 0) return undefined;
  return getVersion(deps, name, Math.max(...record.staged.Production));
};

/** By name. */
export const listModels = (deps: Reading, page: PageQuery): Promise<Page<RegisteredModel>> =>
  deps.registry.listModels(page);

/** Newest first. @throws MODEL_NOT_FOUND */
export const listVersions = async (deps: Reading, name: string, page: PageQuery): Promise<Page<ModelVersion>> => {
  const { model } = await requireRecord(deps, name);
  const found = await deps.registry.listVersions(name, page);
  return { ...found, items: found.items.map((version) => withAliases(version, model)) };
};

/** Who changed what, newest first. @throws MODEL_NOT_FOUND */
export const listChanges = async (deps: Reading, name: string, page: PageQuery): Promise<Page<RegistryChange>> => {
  await requireRecord(deps, name);
  return deps.registry.listChanges(name, page);
};
