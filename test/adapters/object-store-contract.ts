import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ObjectStore } from '#core/shared/index.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);

/** What every ObjectStore keeps. */
export const objectStoreContract = (name: string, make: () => Promise<ObjectStore>): void => {
  describe(`ObjectStore on ${name}`, () => {
    let objects: ObjectStore;
    let folder: string;
    beforeAll(async () => {
      [objects, folder] = [await make(), await mkdtemp(join(tmpdir(), 'objects-'))];
    }, EMULATOR_START_MS);
    afterAll(() => rm(folder, { recursive: true, force: true }));

    it('gives back what was put, and undefined for what nobody wrote', async () => {
      await objects.put('a/one.txt', 'one');
      expect([text(await objects.get('a/one.txt')), await objects.get('a/none')]).toEqual(['one', undefined]);
    });

    it('writes what is new once, whoever comes at the same time, and leaves what lies there', async () => {
      const keys = ['first', 'second', 'third'];
      const isNew = await Promise.all(keys.map((body) => objects.putNew('new/x', body, 'text/plain')));
      expect(isNew.filter(Boolean)).toHaveLength(1);
      expect(text(await objects.get('new/x'))).toBe(keys[isNew.indexOf(true)]);
      await objects.put('new/y', 'there');
      expect([await objects.putNew('new/y', 'late'), text(await objects.get('new/y'))]).toEqual([false, 'there']);
    });

    it('lists below a prefix in the order of keys', async () => {
      for (const key of ['l/b', 'l/a/2', 'l/a/1', 'll']) await objects.put(key, key);
      const found = await objects.list('l/');
      expect(found.map(({ key, bytes }) => [key, bytes])).toEqual([
        ['l/a/1', 5],
        ['l/a/2', 5],
        ['l/b', 3],
      ]);
    });

    it('has an etag that changes when the content does, and only then', async () => {
      const etagOf = async () => (await objects.list('etag/'))[0]?.etag;
      await objects.put('etag/x', 'one');
      const first = await etagOf();
      await objects.put('etag/x', 'two');
      const second = await etagOf();
      await objects.put('etag/x', 'one');
      expect(first).toMatch(/^[0-9a-f]{32}$/);
      expect([second === first, await etagOf()]).toEqual([false, first]);
    });

    it('copies to and from files', async () => {
      const file = join(folder, 'x');
      await writeFile(file, 'from a file');
      await objects.upload(file, 'files/x');
      await objects.download('files/x', join(folder, 'y'));
      expect(await readFile(join(folder, 'y'), 'utf8')).toBe('from a file');
    });
  });
};
