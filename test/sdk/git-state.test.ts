import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { GitState } from '#contracts/project.ts';
import { gitState } from '../../sdk/typescript/git-state.ts';

const repository = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'git-state-'));
  const git = (...words: string[]) => execFileSync('git', ['-C', folder, ...words], { stdio: 'pipe' });
  git('init', '--quiet', '--initial-branch=main');
  mkdirSync(join(folder, 'churn'));
  writeFileSync(join(folder, 'churn', 'dataset.sql'), 'select 1\n');
  writeFileSync(join(folder, 'other.txt'), 'x\n');
  git('add', '.');
  git('-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', 'commit', '--quiet', '-m', 'first');
  git('remote', 'add', 'origin', 'https://ann:secret@example.com/team/churn.git');
  return folder;
};

describe('the git state of a project folder', () => {
  it('names commit, branch and repository, without the password', async () => {
    const state = await gitState(join(repository(), 'churn'));
    expect(state).toMatchObject({
      branch: 'main',
      isDirty: false,
      repositoryUrl: 'https://example.com/team/churn.git',
    });
    expect(GitState.parse(state)).toEqual(state);
  });

  it('is dirty, with the difference, when a file of the folder changed; others do not matter', async () => {
    const folder = repository();
    writeFileSync(join(folder, 'other.txt'), 'y\n');
    expect(await gitState(join(folder, 'churn'))).toMatchObject({ isDirty: false });
    writeFileSync(join(folder, 'churn', 'dataset.sql'), 'select 2\n');
    const state = await gitState(join(folder, 'churn'));
    expect([state?.isDirty, state?.diff]).toEqual([true, expect.stringContaining('+select 2')]);
    expect(state?.diff).not.toContain('other.txt');
  });

  it('is nothing outside of a repository and before the first commit', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'no-git-'));
    expect(await gitState(folder)).toBeUndefined();
    execFileSync('git', ['-C', folder, 'init', '--quiet']);
    expect(await gitState(folder)).toBeUndefined();
  });
});
