import { beforeAll, describe, expect, it } from '@jest/globals';
import type { DatasetManifest } from '#contracts/datasets.ts';
import type { DatasetCatalog } from '#core/features/index.ts';
import { allPages } from '#test/helpers/all-pages.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';
import { someManifest } from './some-manifest.ts';

/** What every DatasetCatalog keeps. */
export const datasetCatalogContract = (name: string, make: () => Promise<DatasetCatalog>): void => {
  describe(`DatasetCatalog on ${name}`, () => {
    let catalog: DatasetCatalog;
    beforeAll(async () => {
      catalog = await make();
    }, EMULATOR_START_MS);

    it('knows nothing at first', async () => {
      expect(await catalog.latest('nobody', 'features')).toBeUndefined();
      expect(await catalog.find('nobody', 'features', '0'.repeat(32))).toBeUndefined();
    });

    it('finds what was saved, and the last saved as the latest; earlier ones stay', async () => {
      await catalog.save(someManifest('1'));
      await catalog.save(someManifest('2'));
      expect(await catalog.latest('churn', 'features')).toEqual(someManifest('2'));
      expect(await catalog.find('churn', 'features', '1'.repeat(32))).toEqual(someManifest('1'));
      await catalog.save(someManifest('1'));
      expect((await catalog.latest('churn', 'features'))?.datasetId).toBe('1'.repeat(32));
    });

    it('lists newest first, a page at a time, of one kind or of all, and each once however often it was saved', async () => {
      const made = (digit: string, createdAt: string, kind: DatasetManifest['kind'] = 'features') => ({
        ...someManifest(digit, 'lists', kind),
        createdAt,
      });
      const all = [
        made('5', '2026-03-05T00:00:00.000Z'),
        made('4', '2026-03-04T00:00:00.000Z', 'ingested'),
        made('3', '2026-03-03T00:00:00.000Z'),
        made('2', '2026-03-02T00:00:00.000Z'),
      ];
      for (const one of [all[2], all[0], all[3], all[1], all[2]]) await catalog.save(one!);
      expect(await allPages((page) => catalog.list('lists', undefined, page), 2)).toEqual(all);
      expect(await allPages((page) => catalog.list('lists', 'features', page), 1)).toEqual([all[0], all[2], all[3]]);
      expect(await catalog.list('lists', 'training', { maxResults: 5 })).toEqual({ items: [] });
      expect(await catalog.list('nobody', undefined, { maxResults: 5 })).toEqual({ items: [] });
    });

    it('keeps projects and kinds apart', async () => {
      await catalog.save(someManifest('3', 'telco'));
      expect((await catalog.latest('churn', 'features'))?.datasetId).toBe('1'.repeat(32));
      expect(await catalog.latest('telco', 'reference')).toBeUndefined();
      expect(await catalog.find('churn', 'features', '3'.repeat(32))).toBeUndefined();
    });
  });
};
