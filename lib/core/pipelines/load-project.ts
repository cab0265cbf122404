import type { ProjectVersion } from '#contracts/project.ts';
import { PlatformError } from '../shared/errors.ts';
import type { ProjectStore } from './ports.ts';

/**
 * An applied project: the newest version unless one is named.
 * @throws PROJECT_NOT_FOUND
 * @example const { project, files } = await loadProject(projects, 'churn');
 */
export const loadProject = async (store: ProjectStore, name: string, version?: number): Promise<ProjectVersion> => {
  const found = version === undefined ? await store.latest(name) : await store.version(name, version);
  if (found) return found;
  const what = version === undefined ? `project "${name}"` : `version ${version} of project "${name}"`;
  throw new PlatformError('PROJECT_NOT_FOUND', `there is no ${what}; mlp apply stores one`, { name, version });
};
