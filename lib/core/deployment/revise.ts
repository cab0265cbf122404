import type { Deployment } from '#contracts/deployment.ts';
import type { RegistryDeps } from '#core/registry/index.ts';
import { canonicalJson } from '#core/shared/canonical-json.ts';
import { type Clock, type EventBus, isPlatformError, PlatformError } from '#core/shared/index.ts';
import type { DeploymentStore } from './ports.ts';
import { keepRevisions } from './record-revisions.ts';
import { rulesOf } from './serving-rules.ts';

export interface ReviseDeps {
  readonly deployments: DeploymentStore;
  readonly clock: Clock;
  readonly events?: EventBus | undefined;
  /** Its history tells of every revision. */
  readonly registry: RegistryDeps;
}

/** Everything of a deployment but what a write decides by itself. */
export type DeploymentChange = Omit<Deployment, 'revision' | 'updatedAt'>;
/** Undefined leaves the document as it is. Asked again, with the newer document, when someone else was faster. */
export type Decide = (current: Deployment | undefined) => DeploymentChange | undefined;

/** All that the fleet goes by. */
const saidBy = ({ phase, variants, redaction, ...rest }: DeploymentChange): string =>
  canonicalJson({ phase, variants, redaction, rules: rulesOf(rest) });

const saysTheSame = (current: Deployment, change: DeploymentChange): boolean => saidBy(current) === saidBy(change);

const attempt = async (deps: ReviseDeps, model: string, decide: Decide): Promise<Deployment | undefined> => {
  const current = await deps.deployments.find(model);
  const change = decide(current);
  // A retried step finds its own write and adds no revision.
  if (!change || (current && saysTheSame(current, change))) return current;
  const expected = current?.revision ?? 0;
  const next = { ...change, revision: expected + 1, updatedAt: deps.clock.now().toISOString() };
  await deps.deployments.save(next, expected);
  return next;
};

const attempts = 5;

/**
 * Compare and swap on a model's document: read, decide, write the next revision, again when someone was faster.
 * Deciding for what is already there writes nothing. The model's history gets every revision that it lacks, so that the
 * next call, whoever makes it, mends what one that fell left out.
 * @throws REVISION_CONFLICT after five lost races
 */
export const revise = async (deps: ReviseDeps, model: string, decide: Decide): Promise<Deployment> => {
  for (let left = attempts; ; left--) {
    try {
      const deployment = await attempt(deps, model, decide);
      if (deployment) {
        await keepRevisions(deps, deployment);
        return deployment;
      }
      throw new PlatformError('DEPLOYMENT_NOT_FOUND', `${model} was never deployed; deploy a version of it first`, {
        model,
      });
    } catch (error) {
      if (left <= 1 || !isPlatformError(error) || error.code !== 'REVISION_CONFLICT') throw error;
    }
  }
};

const ANNOUNCEMENTS = 3;

/**
 * Tells the bus what serves now. Never throws: the write is done and the history keeps it, so that a bus that is away
 * must not look like a rollout that failed.
 */
export const announce = async (deps: ReviseDeps, deployment: Deployment): Promise<void> => {
  const { project, model, revision, phase, reason } = deployment;
  for (let left = ANNOUNCEMENTS; left > 0; left--)
    try {
      return await deps.events?.publish('DeploymentChanged', { project, model, revision, phase, reason });
    } catch {
      // Tried again.
    }
};
