import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { GitState } from '#contracts/project.ts';

const DIFF_CHARACTERS = 50_000;
const MAX_BUFFER = 64 * 1_024 * 1_024;
const run = promisify(execFile);

/** What git says in a folder; undefined where it says nothing or is not there. */
const git = async (folder: string, ...words: string[]): Promise<string | undefined> => {
  try {
    const { stdout } = await run('git', ['-C', folder, ...words], { maxBuffer: MAX_BUFFER });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
};

/** @example withoutUser('https://ann:secret@host/team/churn.git') // 'https://host/team/churn.git' */
const withoutUser = (url: string): string => url.replace(/^([a-z+]+:\/\/)[^/@]*@/, '$1');

const facts = async (folder: string): Promise<Omit<GitState, 'commit'>> => {
  const [branch, url, changes, diff] = await Promise.all([
    git(folder, 'symbolic-ref', '--short', '-q', 'HEAD'),
    git(folder, 'config', '--get', 'remote.origin.url'),
    git(folder, 'status', '--porcelain', '--', '.'),
    git(folder, 'diff', '--no-ext-diff', '--no-color', 'HEAD', '--', '.'),
  ]);
  return {
    isDirty: changes !== undefined,
    ...(branch && { branch }),
    ...(url && { repositoryUrl: withoutUser(url) }),
    ...(diff && { diff: diff.slice(0, DIFF_CHARACTERS) }),
  };
};

/** Where a folder stands in git; undefined for one that is in no repository or whose repository has no commit yet. */
export const gitState = async (folder: string): Promise<GitState | undefined> => {
  const commit = await git(folder, 'rev-parse', '--verify', 'HEAD');
  return commit === undefined ? undefined : { commit, ...(await facts(folder)) };
};
