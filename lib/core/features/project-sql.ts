import type { ProjectVersion } from '#contracts/project.ts';
import { PlatformError } from '../shared/errors.ts';

/** Text of a file that a project names. @throws PROJECT_INVALID when the version does not hold it */
export const projectFile = ({ project, version, files }: ProjectVersion, path: string): string => {
  const text = files[path];
  if (text !== undefined) return text;
  throw new PlatformError(
    'PROJECT_INVALID',
    `version ${version} of project ${project.name} names "${path}" but does not hold it; apply the project again`,
    { project: project.name, path },
  );
};

/** The entity that the project predicts for. @throws PROJECT_INVALID */
export const servedEntity = ({ project }: ProjectVersion): ProjectVersion['project']['entities'][number] => {
  const entity = project.entities.find(({ joinKey }) => joinKey === project.serving.entityKey);
  if (entity) return entity;
  throw new PlatformError(
    'PROJECT_INVALID',
    `serving.entityKey "${project.serving.entityKey}" is no entity's joinKey; there are: ` +
      project.entities.map(({ joinKey }) => joinKey).join(', '),
    { project: project.name },
  );
};
