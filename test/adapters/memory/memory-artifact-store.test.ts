import { memoryArtifactStore } from '#adapters/memory/memory-artifact-store.ts';
import { artifactStoreContract } from '#test/adapters/artifact-store-contract.ts';

artifactStoreContract('memory', async () => {
  const artifacts = memoryArtifactStore();
  return { artifacts, put: artifacts.putTo, get: artifacts.getFrom };
});
