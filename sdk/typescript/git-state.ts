import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { GitState } from '#contracts/project.ts';

// What the contract takes; git allows longer names.
const DIFF_CHARACTERS = 50_000;
const BRANCH_CHARACTERS = 250;
const URL_CHARACTERS = 2_000;
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

/**
 * A password may hold an @: all goes up to the last one before the path.
 * @example withoutUser('https://ann:secret@host/team/churn.git') // 'https://host/team/churn.git'
 */
const withoutUser = (url: string): string => url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');

/**
 * The files that an applied project holds, for git to look at no others: nobody expects that what he never sends, a
 * .env say, goes along in a difference. Deleted ones count too, so these are patterns and not what lies there.
 */
const projectFiles = [
  ...['yaml', 'yml', 'sql', 'json'].map((ending) => `:(glob)**/*.${ending}`),
  ...['**/.*', '**/.*/**', '**/node_modules/**'].map((hidden) => `:(exclude,glob)${hidden}`),
];

const facts = async (folder: string): Promise<Omit<GitState, 'commit'>> => {
  const [branch, url, changes, diff] = await Promise.all([
    git(folder, 'symbolic-ref', '--short', '-q', 'HEAD'),
    git(folder, 'config', '--get', 'remote.origin.url'),
    git(folder, 'status', '--porcelain', '--', ...projectFiles),
    // No program of the user's settings is run for it, neither to compare nor to turn files into text.
    git(folder, 'diff', '--no-ext-diff', '--no-textconv', '--no-color', 'HEAD', '--', ...projectFiles),
  ]);
  return {
    isDirty: changes !== undefined,
    ...(branch && { branch: branch.slice(0, BRANCH_CHARACTERS) }),
    ...(url && { repositoryUrl: withoutUser(url).slice(0, URL_CHARACTERS) }),
    ...(diff && { diff: diff.slice(0, DIFF_CHARACTERS) }),
  };
};

/**
 * Where a project's folder stands in git: its files alone count, others may be changed. Undefined for one that is in no repository or whose repository has no commit yet.
 */
export const gitState = async (folder: string): Promise<GitState | undefined> => {
  const commit = await git(folder, 'rev-parse', '--verify', 'HEAD');
  return commit === undefined ? undefined : { commit, ...(await facts(folder)) };
};
