import { memoryDeploymentStore } from '#adapters/memory/memory-deployment-store.ts';
import { deploymentStoreContract } from '../deployment-store-contract.ts';

deploymentStoreContract('memory', async () => memoryDeploymentStore());
