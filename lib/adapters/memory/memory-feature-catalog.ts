import type { FeatureDefinition } from '#contracts/features.ts';
import type { DefinitionName, FeatureCatalog } from '#core/features/ports.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { pageFrom } from '../system/page-token.ts';

const keyOf = ({ project, kind, name }: DefinitionName): string => `${project}#${kind}#${name}`;
const descending = ({ version }: FeatureDefinition): string => String(99_999_999 - version).padStart(8, '0');

/** FeatureCatalog in memory: the plain reading of the port's promises. */
export const memoryFeatureCatalog = (): FeatureCatalog => {
  const shelves = new Map<string, readonly FeatureDefinition[]>();
  const newest = new Map<string, FeatureDefinition>();
  const all = (of: DefinitionName) => shelves.get(keyOf(of)) ?? [];
  const inOrder = () => [...newest.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return {
    latest: async (project, kind, name) => newest.get(keyOf({ project, kind, name })),
    version: async (of, version) => all(of)[version - 1],
    versions: async (of, page) => pageFrom([...all(of)].reverse(), descending, page),
    list: async ({ project, kind, where = () => true }, page) => {
      const wanted = inOrder().filter(
        (one) => (project ?? one.project) === one.project && (kind ?? one.kind) === one.kind && where(one),
      );
      return pageFrom(wanted, keyOf, page);
    },
    projectsOf: async (kind, name) =>
      inOrder()
        .filter((one) => one.kind === kind && one.name === name)
        .map((one) => one.project),
    save: async (definition) => {
      const { kind, name, version } = definition;
      const known = all(definition);
      if (version !== known.length + 1)
        throw new PlatformError('REVISION_CONFLICT', `version ${version} of ${kind} "${name}" is not the next one`);
      const kept = structuredClone(definition);
      shelves.set(keyOf(definition), [...known, kept]);
      newest.set(keyOf(definition), kept);
    },
    retire: async (of) => void newest.delete(keyOf(of)),
  };
};
