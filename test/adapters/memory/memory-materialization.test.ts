import { memoryMaterializationLog } from '#adapters/memory/memory-materialization-log.ts';
import { memoryWatermarks } from '#adapters/memory/memory-watermarks.ts';
import { materializationLogContract } from '#test/adapters/materialization-log-contract.ts';
import { watermarksContract } from '#test/adapters/watermarks-contract.ts';

watermarksContract('memory', async () => memoryWatermarks());
materializationLogContract('memory', async () => memoryMaterializationLog());
