import type { GitState } from '#contracts/project.ts';

// A tag holds 8,000 characters; the project version keeps the whole difference.
const DIFF_CHARACTERS = 8_000;

/**
 * Git state of a project under the names that MLflow's clients and its web pages look for.
 * @example gitTags({ commit, isDirty: false }) // { 'mlflow.source.git.commit': …, 'mlflow.source.git.dirty': 'false' }
 */
export const gitTags = (git: GitState | undefined): Record<string, string> => {
  if (!git) return {};
  const { commit, branch, repositoryUrl, isDirty, diff } = git;
  return {
    'mlflow.source.git.commit': commit,
    'mlflow.source.git.dirty': String(isDirty),
    ...(branch && { 'mlflow.source.git.branch': branch }),
    ...(repositoryUrl && { 'mlflow.source.git.repoURL': repositoryUrl }),
    ...(diff && { 'mlflow.source.git.diff': diff.slice(0, DIFF_CHARACTERS) }),
  };
};
