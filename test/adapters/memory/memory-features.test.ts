import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { memoryOnlineStore } from '#adapters/memory/memory-online-store.ts';
import { datasetCatalogContract } from '#test/core/features/dataset-catalog-contract.ts';
import { onlineStoreContract } from '#test/core/features/online-store-contract.ts';

onlineStoreContract('memory', async () => memoryOnlineStore());
datasetCatalogContract('objects in memory', async () => s3DatasetCatalog(memoryObjectStore()));
