import type { Page } from '#contracts/common.ts';
import type { DatasetManifest } from '#contracts/datasets.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import type { DatasetCatalog } from '../ports.ts';
import { EVENT_TIMESTAMP } from '../row-times.ts';
import type { ViewRange } from './range.ts';

export type FeaturesSets = readonly DatasetManifest[];
const PAGE = 1_000;

const all = async (catalog: DatasetCatalog, project: string): Promise<DatasetManifest[]> => {
  const found: DatasetManifest[] = [];
  let pageToken: string | undefined;
  do {
    const query = { maxResults: PAGE, pageToken };
    const page: Page<DatasetManifest> = await catalog.list(project, 'features', query);
    found.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return found;
};

// A manifest has times as the engine writes them: 2026-03-02 02:00:00, UTC.
const newestEvent = ({ columns }: DatasetManifest): number => {
  const max = columns.find(({ name }) => name === EVENT_TIMESTAMP)?.max;
  return typeof max === 'string' ? Date.parse(`${max.replace(' ', 'T')}Z`) : Number.NaN;
};

const isFresh = (manifest: DatasetManifest, { since }: ViewRange): boolean =>
  since === undefined || Date.parse(manifest.createdAt) > since.getTime() || newestEvent(manifest) > since.getTime();

/** The features data sets that may tell something new: what was made, or became true, since the watermark. */
export const featuresSets = async (
  catalog: DatasetCatalog,
  { project }: FeatureViewVersion,
  range: ViewRange,
): Promise<FeaturesSets> => {
  const found = (await all(catalog, project)).filter((manifest) => isFresh(manifest, range));
  return found.sort((a, b) => (a.datasetId < b.datasetId ? -1 : 1));
};

/** A catalog that shows no other features data sets. */
export const showing = (catalog: DatasetCatalog, sets: FeaturesSets): DatasetCatalog => ({
  ...catalog,
  list: async () => ({ items: [...sets] }),
});
