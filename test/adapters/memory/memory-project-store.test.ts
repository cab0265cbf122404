import { memoryProjectStore } from '#adapters/memory/memory-project-store.ts';
import { projectStoreContract } from '#test/adapters/project-store-contract.ts';

projectStoreContract('memory', async () => memoryProjectStore());
