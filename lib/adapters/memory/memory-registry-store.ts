import type { RegistryChange } from '#contracts/registry.ts';
import type { NameRecord, RegistryCommit, RegistryStore, StoredVersion } from '#core/registry/index.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { pageFrom } from '../system/page-token.ts';

interface Shelf {
  readonly versions: Map<number, StoredVersion>;
  readonly keys: Map<string, number>;
  readonly changes: RegistryChange[];
}
type Made = { readonly name: string; readonly modelKey: string; readonly version: number };
interface World {
  readonly names: Map<string, NameRecord>;
  readonly shelves: Map<string, Shelf>;
  readonly byRun: Map<string, Made[]>;
}

const LARGEST = 9_999_999_999;
const descending = (number: number): string => String(LARGEST - number).padStart(10, '0');

const refuseSlower = ({ names }: World, step: RegistryCommit): void => {
  for (const { name, expectedRevision } of step.names)
    if ((names.get(name)?.revision ?? 0) !== expectedRevision)
      throw new PlatformError('REVISION_CONFLICT', `model "${name}" changed meanwhile; read it again`, { name });
};

const noteRun = ({ byRun }: World, { modelKey, changes, versions }: RegistryCommit): void => {
  for (const { kind, name, version } of changes) {
    const runId = versions.find((one) => one.version === version)?.runId;
    if (kind !== 'registered' || version === undefined || runId === undefined) continue;
    byRun.set(runId, [...(byRun.get(runId) ?? []), { name, modelKey, version }]);
  }
};

const commit = (world: World, step: RegistryCommit): void => {
  refuseSlower(world, step);
  const { shelves, names } = world;
  const shelf: Shelf = shelves.get(step.modelKey) ?? { versions: new Map(), keys: new Map(), changes: [] };
  for (const { name, record } of step.names) names.set(name, record);
  for (const version of step.versions) shelf.versions.set(version.version, version);
  for (const number of step.deletedVersions ?? []) shelf.versions.delete(number);
  if (step.key) shelf.keys.set(step.key.idempotencyKey, step.key.version);
  shelf.changes.push(...step.changes);
  shelves.set(step.modelKey, shelf);
  noteRun(world, step);
};

/** RegistryStore in memory: the plain reading of the port's promises. */
export const memoryRegistryStore = (): RegistryStore => {
  const world: World = { names: new Map(), shelves: new Map(), byRun: new Map() };
  const { names, shelves, byRun } = world;
  return {
    findName: async (name) => names.get(name),
    findVersion: async (modelKey, version) => shelves.get(modelKey)?.versions.get(version),
    findVersions: async (wanted) =>
      wanted.flatMap(({ modelKey, version: number }) => {
        const version = shelves.get(modelKey)?.versions.get(number);
        return version ? [{ modelKey, version }] : [];
      }),
    findByKey: async (modelKey, key) => shelves.get(modelKey)?.keys.get(key),
    commit: async (step) => commit(world, step),
    listModels: async (page) => {
      const live = [...names].flatMap(([name, record]) => (record.live ? [{ name, live: record.live }] : []));
      const sorted = live.sort((a, b) => (a.name < b.name ? -1 : 1));
      const { items, ...rest } = pageFrom(sorted, ({ name }) => name, page);
      return { items: items.map((one) => one.live), ...rest };
    },
    listNames: async (page) => {
      const sorted = [...names].map(([name, record]) => ({ name, record })).sort((a, b) => (a.name < b.name ? -1 : 1));
      return pageFrom(sorted, ({ name }) => name, page);
    },
    listVersions: async (modelKey, page) => {
      const versions = [...(shelves.get(modelKey)?.versions.values() ?? [])].sort((a, b) => b.version - a.version);
      return pageFrom(versions, (version) => descending(version.version), page);
    },
    versionsOfRun: async (runId) => byRun.get(runId) ?? [],
    listChanges: async (modelKey, page) => {
      const changes = [...(shelves.get(modelKey)?.changes ?? [])].reverse();
      return pageFrom(changes, ({ sequence }) => descending(sequence), page);
    },
    readHistory: async (modelKey) =>
      (shelves.get(modelKey)?.changes ?? []).map((content) => ({ position: content.sequence, content })),
  };
};
