import { memoryIdentityStore } from '#adapters/memory/memory-identity-store.ts';
import { identityStoreContract } from '#test/adapters/identity-store-contract.ts';

identityStoreContract('memory', async () => memoryIdentityStore());
