import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { dataKeys } from '#contracts/datasets.ts';
import { Source } from '#contracts/sources.ts';
import { fetchFiles, type Row } from '#core/features/index.ts';
import { type Files, readSource as read } from './read-source.ts';

const rowsOf = async (source: object, files: Files): Promise<Row[]> => (await read(source, files)).rows;

describe('files of a source', () => {
  it('whose names differ only in how they are packed are all read', async () => {
    const files = {
      'a/x.csv': 'id\n1\n',
      'a/x.csv.gz': gzipSync('id\n2\n'),
      'a/x.csv.zst': zstdCompressSync('id\n3\n'),
    };
    const ids = [{ id: 1 }, { id: 2 }, { id: 3 }];
    expect(await rowsOf({ path: 'a/' }, files)).toEqual(ids);
    expect(await rowsOf({ path: 'a/', encoding: 'latin-1' }, files)).toEqual(ids);
  });

  it('whose name climbs out of its folder are refused', async () => {
    await expect(read({ path: 'a/**' }, { 'a/../../x.csv': 'id\n1\n' })).rejects.toMatchObject({
      code: 'SOURCE_INVALID',
      message: expect.stringContaining('a/../../x.csv'),
    });
  });

  it('are no longer copied once the reading of them has failed', async () => {
    const objects = memoryObjectStore();
    const paths = Array.from({ length: 20 }, (_, i) => `${String(i).padStart(2, '0')}.csv`);
    for (const path of paths.slice(1)) await objects.put(dataKeys.raw('shop', path), 'id\n1\n');
    let [running, begun] = [0, 0];
    const slow = async (key: string, file: string): Promise<void> => {
      [running, begun] = [running + 1, begun + 1];
      try {
        if (key.endsWith('/00.csv')) throw new Error('gone');
        await new Promise((done) => setTimeout(done, 5));
        await objects.download(key, file);
      } finally {
        running -= 1;
      }
    };
    const named = { project: 'shop', name: 'things', source: Source.parse({ path: '*.csv' }) };
    await duckDbEngine().open(async (tables) => {
      await expect(fetchFiles({ ...objects, download: slow }, tables, { named, paths })).rejects.toThrow('gone');
      expect(running).toBe(0);
    });
    expect(begun).toBeLessThan(paths.length);
  });
});
