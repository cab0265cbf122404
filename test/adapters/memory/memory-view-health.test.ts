import { memoryViewHealth } from '#adapters/memory/memory-view-health.ts';
import { viewHealthContract } from '#test/adapters/view-health-contract.ts';

viewHealthContract('memory', async () => memoryViewHealth());
