import { memoryFeatureCatalog } from '#adapters/memory/memory-feature-catalog.ts';
import { featureCatalogContract } from '#test/adapters/feature-catalog-contract.ts';

featureCatalogContract('memory', async () => memoryFeatureCatalog());
