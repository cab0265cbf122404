import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeWhole } from '#adapters/disk/write-whole.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whole-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a file that is written whole', () => {
  it('takes the place of the one before', async () => {
    for (const content of ['one', 'two']) await writeWhole(join(folder, 'deep', 'a'), content);
    expect([await readFile(join(folder, 'deep', 'a'), 'utf8'), await readdir(join(folder, 'deep'))]).toEqual([
      'two',
      ['a'],
    ]);
  });

  it('leaves nothing behind when the disk refuses it', async () => {
    await mkdir(join(folder, 'a', 'in the way'), { recursive: true });
    await expect(writeWhole(join(folder, 'a'), 'one')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['a']);
  });
});
