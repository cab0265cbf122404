import { memoryOnlineTable } from '#adapters/memory/memory-online-table.ts';
import { onlineTableContract } from '#test/core/features/online-table-contract.ts';

onlineTableContract('memory', async () => memoryOnlineTable());
