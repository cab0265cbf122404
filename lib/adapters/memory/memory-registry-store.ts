import type { RegistryChange } from '#contracts/registry.ts';
import type { ModelRecord, RegistryCommit, RegistryStore, StoredVersion } from '#core/registry/index.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { pageFrom } from '../system/page-token.ts';

interface Shelf {
  record: ModelRecord;
  readonly versions: Map<number, StoredVersion>;
  readonly keys: Map<string, number>;
  readonly changes: RegistryChange[];
}

const LARGEST = 9_999_999_999;
const descending = (number: number): string => String(LARGEST - number).padStart(10, '0');

const commit = (shelves: Map<string, Shelf>, step: RegistryCommit): void => {
  const { name } = step.record.model;
  const known = shelves.get(name);
  if ((known?.record.revision ?? 0) !== step.expectedRevision)
    throw new PlatformError('REVISION_CONFLICT', `model "${name}" changed meanwhile; read it again`, { name });
  const shelf: Shelf = known ?? { record: step.record, versions: new Map(), keys: new Map(), changes: [] };
  shelf.record = step.record;
  for (const version of step.versions) shelf.versions.set(version.version, version);
  if (step.key) shelf.keys.set(step.key.idempotencyKey, step.key.version);
  shelf.changes.push(...step.changes);
  shelves.set(name, shelf);
};

/** RegistryStore in memory: the plain reading of the port's promises. */
export const memoryRegistryStore = (): RegistryStore => {
  const shelves = new Map<string, Shelf>();
  return {
    find: async (name) => shelves.get(name)?.record,
    findVersion: async (name, version) => shelves.get(name)?.versions.get(version),
    findByKey: async (name, key) => shelves.get(name)?.keys.get(key),
    commit: async (step) => commit(shelves, step),
    listModels: async (page) => {
      const names = [...shelves.keys()].sort();
      const { items, ...rest } = pageFrom(names, (name) => name, page);
      return { items: items.flatMap((name) => shelves.get(name)?.record.model ?? []), ...rest };
    },
    listVersions: async (name, page) => {
      const versions = [...(shelves.get(name)?.versions.values() ?? [])].sort((a, b) => b.version - a.version);
      return pageFrom(versions, (version) => descending(version.version), page);
    },
    listChanges: async (name, page) => {
      const changes = (shelves.get(name)?.changes ?? []).map((change, number) => ({ change, number })).reverse();
      const { items, ...rest } = pageFrom(changes, (entry) => descending(entry.number), page);
      return { items: items.map((entry) => entry.change), ...rest };
    },
  };
};
