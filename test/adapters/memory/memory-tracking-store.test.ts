import { memoryTrackingStore } from '#adapters/memory/memory-tracking-store.ts';
import { trackingStoreContract } from '#test/adapters/tracking-store-contract.ts';

trackingStoreContract('memory', async () => memoryTrackingStore());
