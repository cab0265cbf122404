import { type DatasetKind, DatasetManifest, dataKeys } from '#contracts/datasets.ts';
import type { DatasetCatalog } from '#core/features/ports.ts';
import type { ObjectStore } from '#core/shared/ports.ts';

const json = async (objects: ObjectStore, key: string): Promise<unknown> => {
  const body = await objects.get(key);
  return body && JSON.parse(new TextDecoder().decode(body));
};

/** DatasetCatalog on the data bucket: manifest.json beside the files, latest.json one level up. */
export const s3DatasetCatalog = (objects: ObjectStore): DatasetCatalog => {
  const find = async (project: string, kind: DatasetKind, datasetId: string) => {
    const found = await json(objects, `${dataKeys.dataset(project, kind, datasetId)}manifest.json`);
    return found === undefined ? undefined : DatasetManifest.parse(found);
  };
  return {
    find,
    latest: async (project, kind) => {
      const pointer = (await json(objects, dataKeys.latest(project, kind))) as { datasetId: string } | undefined;
      return pointer && find(project, kind, pointer.datasetId);
    },
    save: async (manifest) => {
      const { project, kind, datasetId } = manifest;
      const prefix = dataKeys.dataset(project, kind, datasetId);
      await objects.put(`${prefix}manifest.json`, JSON.stringify(manifest), 'application/json');
      await objects.put(dataKeys.latest(project, kind), JSON.stringify({ datasetId }), 'application/json');
    },
  };
};
