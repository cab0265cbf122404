import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import { registryFactsContract } from '#test/adapters/registry-facts-contract.ts';
import { registryStoreContract } from '#test/adapters/registry-store-contract.ts';
import { registryVerbsContract } from '#test/adapters/registry-verbs-contract.ts';

const fresh = async () => memoryRegistryStore();
registryStoreContract('memory', fresh);
registryVerbsContract('memory', fresh);
registryFactsContract('memory', fresh);
