import { dataKeys } from '#contracts/datasets.ts';
import { PlatformError } from '../shared/errors.ts';
import type { ObjectStore } from '../shared/ports.ts';
import { shownProblems } from '../shared/shown-problems.ts';
import { loadProject } from './load-project.ts';
import type { ProjectStore } from './ports.ts';

export interface WantedUpload {
  readonly path: string;
  readonly bytes: number;
}

const VALID_SECONDS = 3_600;
// One PUT ends there.
const MAX_BYTES = 5 * 1024 ** 3;
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9_.=\- ]{1,255}$/;

const problemOf = ({ path, bytes }: WantedUpload): string | undefined => {
  if (!path.split('/').every((segment) => SEGMENT.test(segment)))
    return `path "${path}" must be relative, of letters, digits, blanks and _ . = - between single slashes, without ..`;
  return bytes > MAX_BYTES ? `"${path}" has ${bytes} bytes, allowed are ${MAX_BYTES}; split the file` : undefined;
};

/**
 * Addresses to PUT raw files to, good for an hour; the files land below the project's raw prefix and nowhere else.
 * @throws PROJECT_NOT_FOUND, INVALID_REQUEST for a path that leads elsewhere
 */
export const requestUploads = async (
  deps: { readonly projects: ProjectStore; readonly data: ObjectStore },
  project: string,
  files: readonly WantedUpload[],
): Promise<{ uploads: { path: string; url: string }[] }> => {
  const problems = files.flatMap((file) => problemOf(file) ?? []);
  const { sentences, details } = shownProblems(problems, (problem) => problem);
  if (problems.length > 0) throw new PlatformError('INVALID_REQUEST', sentences.join('; '), { ...details });
  await loadProject(deps.projects, project);
  const uploads = files.map(async ({ path }) => ({
    path,
    url: await deps.data.presign('put', dataKeys.raw(project, path), VALID_SECONDS),
  }));
  return { uploads: await Promise.all(uploads) };
};
