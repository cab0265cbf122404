import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { datasetCatalogContract } from '#test/core/features/dataset-catalog-contract.ts';
import { emulator } from '#test/helpers/emulator.ts';

datasetCatalogContract('S3', async () => {
  const { s3, freshBucket } = await emulator();
  return s3DatasetCatalog(s3ObjectStore(s3, await freshBucket()));
});
