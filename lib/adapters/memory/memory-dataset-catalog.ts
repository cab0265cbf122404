import type { DatasetManifest } from '#contracts/datasets.ts';
import type { DatasetCatalog } from '#core/features/ports.ts';
import { pageFrom } from '../system/page-token.ts';

// Ascending keys that give the newest first: what the page of a list is cut by.
const FAR = Date.UTC(9999, 11, 31);
const newestFirst = ({ createdAt, kind, datasetId }: DatasetManifest): string =>
  `${String(FAR - Date.parse(createdAt)).padStart(16, '0')}.${kind}.${datasetId}`;

/** DatasetCatalog in a map, for tests. */
export const memoryDatasetCatalog = (): DatasetCatalog => {
  const manifests = new Map<string, DatasetManifest>();
  const newest = new Map<string, DatasetManifest>();
  return {
    find: async (project, kind, datasetId) => structuredClone(manifests.get(`${project}/${kind}/${datasetId}`)),
    latest: async (project, kind) => structuredClone(newest.get(`${project}/${kind}`)),
    list: async (project, kind, page) => {
      const mine = [...manifests.values()].filter((m) => m.project === project && (kind ?? m.kind) === m.kind);
      const sorted = mine.sort((a, b) => (newestFirst(a) < newestFirst(b) ? -1 : 1));
      return structuredClone(pageFrom(sorted, newestFirst, page));
    },
    save: async (manifest) => {
      const { project, kind, datasetId } = manifest;
      manifests.set(`${project}/${kind}/${datasetId}`, structuredClone(manifest));
      newest.set(`${project}/${kind}`, structuredClone(manifest));
    },
  };
};
