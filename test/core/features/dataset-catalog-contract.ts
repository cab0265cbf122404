import { beforeAll, describe, expect, it } from '@jest/globals';
import type { DatasetManifest } from '#contracts/datasets.ts';
import type { DatasetCatalog } from '#core/features/index.ts';
import { EMULATOR_START_MS } from '#test/helpers/emulator.ts';

const manifest = (digit: string, project = 'churn'): DatasetManifest => ({
  datasetId: digit.repeat(32),
  kind: 'features',
  project,
  projectVersion: 1,
  uri: `s3://data-bucket/projects/${project}/datasets/features/${digit.repeat(32)}/`,
  rowCount: 2,
  columns: [{ name: 'id', type: 'VARCHAR', nulls: 0, distinct: 2, min: 'a', max: 'b' }],
  files: [{ path: 'part-0.parquet', bytes: 10, sha256: 'a'.repeat(64) }],
  producer: { step: 'build-features', codeVersion: 'v1' },
  inputs: { datasets: ['b'.repeat(32)], files: [], parameters: { end: '2026-01-01T00:00:00.000Z' } },
  createdAt: '2026-01-02T03:04:05.000Z',
});

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
      await catalog.save(manifest('1'));
      await catalog.save(manifest('2'));
      expect(await catalog.latest('churn', 'features')).toEqual(manifest('2'));
      expect(await catalog.find('churn', 'features', '1'.repeat(32))).toEqual(manifest('1'));
      await catalog.save(manifest('1'));
      expect((await catalog.latest('churn', 'features'))?.datasetId).toBe('1'.repeat(32));
    });

    it('keeps projects and kinds apart', async () => {
      await catalog.save(manifest('3', 'telco'));
      expect((await catalog.latest('churn', 'features'))?.datasetId).toBe('1'.repeat(32));
      expect(await catalog.latest('telco', 'reference')).toBeUndefined();
      expect(await catalog.find('churn', 'features', '3'.repeat(32))).toBeUndefined();
    });
  });
};
