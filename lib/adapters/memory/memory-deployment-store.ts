import type { Deployment } from '#contracts/deployment.ts';
import type { DeploymentStore } from '#core/deployment/index.ts';
import { PlatformError } from '#core/shared/errors.ts';

/** DeploymentStore in this process's memory. */
export const memoryDeploymentStore = (): DeploymentStore => {
  const revisions = new Map<string, Deployment[]>();
  const newest = (model: string): Deployment | undefined => revisions.get(model)?.at(-1);
  return {
    find: async (model) => structuredClone(newest(model)),
    save: async (deployment, expectedRevision) => {
      const found = newest(deployment.model)?.revision ?? 0;
      if (found !== expectedRevision)
        throw new PlatformError(
          'REVISION_CONFLICT',
          `${deployment.model} is at revision ${found}, not ${expectedRevision}: read it again`,
          { expectedRevision },
        );
      revisions.set(deployment.model, [...(revisions.get(deployment.model) ?? []), structuredClone(deployment)]);
    },
    list: async () => [...revisions.keys()].sort().flatMap((model) => structuredClone(newest(model)) ?? []),
    history: async (model, limit) => structuredClone([...(revisions.get(model) ?? [])].reverse().slice(0, limit)),
    revisionsFrom: async (model, revision, limit) => {
      const later = (revisions.get(model) ?? []).filter((one) => one.revision >= revision);
      return structuredClone(later.slice(0, limit));
    },
  };
};
