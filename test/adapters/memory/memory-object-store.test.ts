import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { objectStoreContract } from '../object-store-contract.ts';

objectStoreContract('memory', async () => memoryObjectStore());
