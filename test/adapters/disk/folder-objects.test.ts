import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { folderObjects } from '#adapters/disk/folder-objects.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'folder-objects-'));
  for (const name of ['a', 'a/b', '.hidden', 'other']) await mkdir(join(folder, name));
  for (const name of ['a/1.csv', 'a/b/2.csv', 'ab.csv', '.hidden/3.csv', 'other/4.csv'])
    await writeFile(join(folder, name), name);
  await symlink(join(folder, 'nowhere'), join(folder, 'a/broken.csv'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const objects = () => folderObjects({ 'projects/shop/raw/': folder, 'projects/x/raw/': join(folder, 'other') });
const keys = async (prefix: string) => (await objects().list(prefix)).map(({ key }) => key);

it('lists what lies below a prefix, in the order of keys, of the folder that it stands for', async () => {
  const root = 'projects/shop/raw/';
  expect(await keys(`${root}a`)).toEqual([`${root}a/1.csv`, `${root}a/b/2.csv`, `${root}ab.csv`]);
  expect(await keys(`${root}a/b/`)).toEqual([`${root}a/b/2.csv`]);
  expect(await keys(root)).toHaveLength(4);
  expect(await keys('projects/x/raw/')).toEqual(['projects/x/raw/4.csv']);
  expect(await keys('projects/nobody/raw/')).toEqual([]);
});

it('reads files, and has nothing under other keys', async () => {
  const copy = join(folder, 'copy.csv');
  await objects().download('projects/shop/raw/a/1.csv', copy);
  expect(await readFile(copy, 'utf8')).toBe('a/1.csv');
  expect(new TextDecoder().decode(await objects().get('projects/x/raw/4.csv'))).toBe('other/4.csv');
  expect(await objects().get('projects/x/raw/5.csv')).toBeUndefined();
});

it('writes nothing', async () => {
  await expect(objects().put('projects/shop/raw/new.csv', 'x')).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  expect(await keys('projects/shop/raw/new.csv')).toEqual([]);
});
