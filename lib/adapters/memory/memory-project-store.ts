import type { ProjectVersion } from '#contracts/project.ts';
import type { ProjectStore } from '#core/pipelines/index.ts';
import { PlatformError } from '#core/shared/errors.ts';
import { pageFrom } from '../system/page-token.ts';

/** ProjectStore in memory: the plain reading of the port's promises. */
export const memoryProjectStore = (): ProjectStore => {
  const shelves = new Map<string, ProjectVersion[]>();
  return {
    latest: async (name) => shelves.get(name)?.at(-1),
    version: async (name, version) => shelves.get(name)?.[version - 1],
    save: async (version) => {
      const known = shelves.get(version.project.name) ?? [];
      if (version.version !== known.length + 1)
        throw new PlatformError('REVISION_CONFLICT', `version ${version.version} is not the next one`);
      shelves.set(version.project.name, [...known, version]);
    },
    list: async (page) => {
      const newest = [...shelves.values()].flatMap((all) => all.at(-1)?.project ?? []);
      newest.sort((a, b) => (a.name < b.name ? -1 : 1));
      return pageFrom(newest, (project) => project.name, page);
    },
  };
};
