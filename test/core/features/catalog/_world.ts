import { memoryFeatureCatalog } from '#adapters/memory/memory-feature-catalog.ts';
import { memoryProjectStore } from '#adapters/memory/memory-project-store.ts';
import { memoryViewHealth } from '#adapters/memory/memory-view-health.ts';
import { systemDigest } from '#adapters/system/system.ts';
import { DefineFeatures } from '#contracts/features.ts';
import { Project, type ProjectVersion } from '#contracts/project.ts';
import type { ModelVersion } from '#contracts/registry.ts';
import { defineFeatures } from '#core/features/index.ts';
import { someProject } from '#test/helpers/some-project.ts';

/** A catalog and what its verbs work with. */
export const catalogWorld = () => {
  const models: Pick<ModelVersion, 'name' | 'version' | 'tags'>[] = [];
  const deps = {
    catalog: memoryFeatureCatalog(),
    projects: memoryProjectStore(),
    health: memoryViewHealth(),
    digest: systemDigest,
    clock: { now: () => new Date('2026-03-01T00:00:00.000Z') },
    modelVersions: async (project: string, most: number) =>
      models.filter(({ name }) => name === project).slice(0, most),
  };
  const define = (request: Record<string, unknown>) =>
    defineFeatures(deps, { request: DefineFeatures.parse(request), by: 'ann' });
  return { ...deps, models, define };
};

/** A version of a project file; what is given replaces what the small project says. */
export const projectVersion = (given: Record<string, unknown> = {}, version = 1): ProjectVersion => ({
  project: Project.parse({ ...JSON.parse(JSON.stringify(someProject())), ...given }),
  version,
  contentSha256: version.toString(16).padStart(64, '0'),
  files: {},
  appliedAt: '2026-03-01T00:00:00.000Z',
  appliedBy: 'bob',
});
