import { s3 } from '#adapters/aws/clients.ts';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { datasetRoutes } from '#contracts/dataset-routes.ts';
import { diffDatasets, downloadDataset, getDataset, listDatasets } from '#core/features/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { httpApi } from '../_shared/http.ts';

const env = readEnv({ DATA_BUCKET: text });
const objects = s3ObjectStore(s3(), env.DATA_BUCKET);
const deps = { objects, catalog: s3DatasetCatalog(objects) };

export const handler = httpApi(datasetRoutes, {
  listDatasets: ({ path, query }) => listDatasets(deps, path.project, query),
  getDataset: ({ path }) => getDataset(deps, path.project, path.datasetId),
  diffDatasets: ({ path }) => diffDatasets(deps, path.project, path),
  downloadDataset: ({ path }) => downloadDataset(deps, path.project, path.datasetId),
});
