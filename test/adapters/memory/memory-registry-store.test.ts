import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import { registryStoreContract } from '#test/adapters/registry-store-contract.ts';

registryStoreContract('memory', async () => memoryRegistryStore());
