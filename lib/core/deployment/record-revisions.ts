import type { Deployment } from '#contracts/deployment.ts';
import { type RegistryDeps, recordDeployment, recordedRevision } from '#core/registry/index.ts';
import type { DeploymentStore } from './ports.ts';

interface RecordingDeps {
  readonly deployments: DeploymentStore;
  readonly registry: RegistryDeps;
}

/**
 * Brings a model's history up to this revision of its deployment: every one that it lacks, in order, each once. None is
 * lost when a caller falls between the two writes, since the next one, whoever it is, finds the gap.
 */
export const recordRevisions = async ({ deployments, registry }: RecordingDeps, now: Deployment): Promise<void> => {
  const recorded = await recordedRevision(registry, now.model);
  if (recorded >= now.revision) return;
  // One more than it lacks, to tell what the traffic was before.
  const newest = await deployments.history(now.model, now.revision - recorded + 1);
  const revisions = newest.filter(({ revision }) => revision <= now.revision).reverse();
  for (const [i, revision] of revisions.entries())
    if (revision.revision > recorded) await recordDeployment(registry, revision, revisions[i - 1]);
};
