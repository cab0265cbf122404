import { memoryRunStore } from '#adapters/memory/memory-run-store.ts';
import { runStoreContract } from '#test/adapters/run-store-contract.ts';

runStoreContract('memory', async () => memoryRunStore());
