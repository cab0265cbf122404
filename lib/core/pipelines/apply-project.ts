import type { GitState, Project, ProjectVersion } from '#contracts/project.ts';
import { isPlatformError, PlatformError } from '../shared/errors.ts';
import type { Clock, Digest } from '../shared/ports.ts';
import { checkProject, namedFiles, PROJECT_FILE, type ProjectFiles } from './check-project.ts';
import type { Definitions, ParseText, ProjectStore, Scheduler } from './ports.ts';
import { setSchedules } from './set-schedules.ts';

export interface ApplyDeps {
  readonly projects: ProjectStore;
  readonly definitions: Definitions;
  readonly scheduler: Scheduler;
  readonly parse: ParseText;
  readonly digest: Digest;
  readonly clock: Clock;
}

export interface ProjectUpload {
  readonly files: ProjectFiles;
  readonly git?: GitState | undefined;
  readonly by: string;
}

// Whole projects are SQL and YAML; data goes to the raw prefix.
const MAX_CHARACTERS = 1_000_000;
const ROUNDS = 20;

const sizeChecked = (files: ProjectFiles): void => {
  const characters = Object.values(files).reduce((sum, text) => sum + text.length, 0);
  if (characters <= MAX_CHARACTERS) return;
  const message = `the project's files have ${characters} characters, allowed are ${MAX_CHARACTERS}; upload data instead`;
  throw new PlatformError('PROJECT_INVALID', message, { characters });
};

/** project.yaml and what it names: whatever else lies in the folder makes no new version. */
const filesOf = (project: Project, files: ProjectFiles): Record<string, string> => {
  const names = [PROJECT_FILE, ...namedFiles(project).map(({ file }) => file)];
  return Object.fromEntries(names.map((name) => [name, files[name] ?? '']));
};

const contentOf = (files: ProjectFiles): string =>
  JSON.stringify(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));

type Draft = Omit<ProjectVersion, 'version'>;

const saveNext = async (projects: ProjectStore, draft: Draft): Promise<{ version: number; changed: boolean }> => {
  for (let round = 1; ; round++) {
    const latest = await projects.latest(draft.project.name);
    if (latest?.contentSha256 === draft.contentSha256) return { version: latest.version, changed: false };
    const version = (latest?.version ?? 0) + 1;
    try {
      await projects.save({ ...draft, version });
      return { version, changed: true };
    } catch (error) {
      if (round === ROUNDS || !isPlatformError(error) || error.code !== 'REVISION_CONFLICT') throw error;
    }
  }
};

/** Of several versions applied at once the newest is brought in last. */
const bringIn = async ({ definitions, projects }: ApplyDeps, version: ProjectVersion): Promise<void> => {
  let applied = version;
  for (;;) {
    await definitions.apply(applied);
    const latest = await projects.latest(applied.project.name);
    if (!latest || latest.version <= applied.version) return;
    applied = latest;
  }
};

/**
 * Stores the next version of a project, of project.yaml and the files it names, brings what it defines into the feature
 * catalog, and sets its schedules. The same files again answer the same version, and finish what was half done.
 * @throws PROJECT_INVALID with every problem
 * @example await applyProject(deps, { files, by: 'ann' }) // { name: 'churn', version: 3, changed: true }
 */
export const applyProject = async (
  deps: ApplyDeps,
  { files, git, by }: ProjectUpload,
): Promise<{ name: string; version: number; changed: boolean }> => {
  const project = checkProject(files, deps.parse);
  const kept = filesOf(project, files);
  sizeChecked(kept);
  const contentSha256 = deps.digest.sha256(contentOf(kept));
  const appliedAt = deps.clock.now().toISOString();
  const draft = {
    project,
    files: kept,
    contentSha256,
    appliedAt,
    appliedBy: by,
    ...(git && { git }),
  };
  const stored = await saveNext(deps.projects, draft);
  await bringIn(deps, { ...draft, version: stored.version });
  await setSchedules(deps.scheduler, project);
  return { name: project.name, ...stored };
};
