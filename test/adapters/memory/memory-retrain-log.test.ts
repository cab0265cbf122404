import { memoryRetrainLog } from '#adapters/memory/memory-retrain-log.ts';
import { retrainLogContract } from '#test/adapters/retrain-log-contract.ts';

retrainLogContract('memory', async () => memoryRetrainLog());
