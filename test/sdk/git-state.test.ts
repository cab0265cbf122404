import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { GitState } from '#contracts/project.ts';
import { gitState } from '../../sdk/typescript/git-state.ts';

const gitIn = (folder: string, ...words: string[]) => execFileSync('git', ['-C', folder, ...words], { stdio: 'pipe' });
const commit = (folder: string) =>
  gitIn(folder, '-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', 'commit', '--quiet', '-m', 'a commit');

const repository = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'git-state-'));
  const git = (...words: string[]) => gitIn(folder, ...words);
  git('init', '--quiet', '--initial-branch=main');
  mkdirSync(join(folder, 'churn'));
  writeFileSync(join(folder, 'churn', 'dataset.sql'), 'select 1\n');
  writeFileSync(join(folder, 'other.txt'), 'x\n');
  git('add', '.');
  commit(folder);
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

  it('shows nothing of files that no project is made of', async () => {
    const folder = repository();
    const at = (name: string) => join(folder, 'churn', name);
    mkdirSync(at('.secret'));
    const others = ['.env', '.env.json', '.secret/key.json', 'customers.csv'];
    for (const name of others) writeFileSync(at(name), 'token=before\n');
    mkdirSync(at('sql'));
    writeFileSync(at('sql/features.sql'), 'select 3\n');
    gitIn(folder, 'add', '.');
    commit(folder);
    for (const name of others) writeFileSync(at(name), 'token=after\n');
    expect(await gitState(join(folder, 'churn'))).not.toHaveProperty('diff');
    expect(await gitState(join(folder, 'churn'))).toMatchObject({ isDirty: false });
    writeFileSync(at('sql/features.sql'), 'select 4\n');
    rmSync(at('dataset.sql'));
    const state = await gitState(join(folder, 'churn'));
    expect(state?.diff).toContain('+select 4');
    expect(state?.diff).toContain('-select 1');
    expect(state?.diff).not.toContain('token');
  });

  it('runs no program that the repository names', async () => {
    const folder = repository();
    writeFileSync(join(folder, '.gitattributes'), '*.sql diff=shown\n');
    gitIn(folder, 'config', 'diff.shown.textconv', 'echo converted;');
    writeFileSync(join(folder, 'churn', 'dataset.sql'), 'select 2\n');
    expect((await gitState(join(folder, 'churn')))?.diff).toContain('+select 2');
  });

  it.each([
    ['https://ann:se@cret@example.com/team/churn.git', 'https://example.com/team/churn.git'],
    ['https://token@example.com/team/a@b.git', 'https://example.com/team/a@b.git'],
    ['HTTPS://ann:secret@example.com/churn', 'HTTPS://example.com/churn'],
    ['https://example.com/team/a@b.git', 'https://example.com/team/a@b.git'],
    ['git@example.com:team/churn.git', 'git@example.com:team/churn.git'],
  ])('shows of the address %s no password', async (url, shown) => {
    const folder = repository();
    gitIn(folder, 'remote', 'set-url', 'origin', url);
    expect((await gitState(folder))?.repositoryUrl).toBe(shown);
  });

  it('cuts what is longer than a project may hold', async () => {
    const folder = repository();
    gitIn(folder, 'checkout', '--quiet', '-b', ['a', 'b'].map((letter) => letter.repeat(200)).join('/'));
    writeFileSync(join(folder, 'churn', 'dataset.sql'), 'select 2\n'.repeat(10_000));
    const state = await gitState(join(folder, 'churn'));
    expect([state?.branch?.length, state?.diff?.length]).toEqual([250, 50_000]);
    expect(GitState.parse(state)).toEqual(state);
  });

  it('is nothing outside of a repository and before the first commit', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'no-git-'));
    expect(await gitState(folder)).toBeUndefined();
    execFileSync('git', ['-C', folder, 'init', '--quiet']);
    expect(await gitState(folder)).toBeUndefined();
  });
});
