import type { Deployment } from '#contracts/deployment.ts';
import { type RegistryDeps, recordDeployment, recordedRevision } from '#core/registry/index.ts';
import type { DeploymentStore } from './ports.ts';

interface RecordingDeps {
  readonly deployments: DeploymentStore;
  readonly registry: RegistryDeps;
}

/** Revisions recorded by one call; a model that was registered late has more, which the next calls record. */
const TOGETHER = 50;

/**
 * Brings a model's history up to this revision of its deployment: every one that it lacks, in order, each once. None is
 * lost when a caller falls between the two writes, since the next one, whoever it is, finds the gap.
 */
const recordRevisions = async ({ deployments, registry }: RecordingDeps, now: Deployment): Promise<void> => {
  const recorded = await recordedRevision(registry, now.model);
  if (recorded >= now.revision) return;
  // With the one before, to tell what the traffic was.
  const revisions = await deployments.revisionsFrom(now.model, recorded, TOGETHER + 1);
  for (const [i, revision] of revisions.entries())
    if (revision.revision > recorded) await recordDeployment(registry, revision, revisions[i - 1]);
};

const TRIES = 3;

/**
 * Records what a model's history lacks. Never throws: traffic has moved, and a registry that is away must not look like
 * a deployment that failed; the next revision, or the same call again, records what is missing.
 */
export const keepRevisions = async (deps: RecordingDeps, now: Deployment): Promise<void> => {
  for (let left = TRIES; left > 0; left--)
    try {
      return await recordRevisions(deps, now);
    } catch {
      // Tried again.
    }
};
