import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { memoryDatasetCatalog } from '#adapters/memory/memory-dataset-catalog.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { datasetCatalogContract } from '#test/core/features/dataset-catalog-contract.ts';

datasetCatalogContract('memory', async () => memoryDatasetCatalog());
datasetCatalogContract('objects in memory', async () => s3DatasetCatalog(memoryObjectStore()));
