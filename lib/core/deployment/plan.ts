import type { RolloutState } from '#contracts/deployment.ts';
import { loadProject, type ProjectStore } from '#core/pipelines/index.ts';
import { getVersion, productionVersion, type RegistryDeps } from '#core/registry/index.ts';
import type { Clock } from '#core/shared/index.ts';
import type { DeploymentStore } from './ports.ts';
import { refuseOlder } from './rollout-rules.ts';
import { stableOf } from './variants.ts';

export interface PlanDeps {
  readonly deployments: DeploymentStore;
  readonly projects: ProjectStore;
  readonly registry: RegistryDeps;
  readonly clock: Clock;
}

export interface RolloutRequest {
  readonly project: string;
  readonly model: string;
  readonly version: number;
  readonly by: string;
}

/** A canary protects a version that was found good; without one there is nothing to compare with and nothing to lose. */
const hasStable = async (deps: PlanDeps, { model, version }: RolloutRequest): Promise<boolean> => {
  const stable = stableOf(await deps.deployments.find(model), version);
  return stable !== undefined && (await productionVersion(deps.registry, model)) !== undefined;
};

/**
 * The rollout of a version by its project's rules: 10 → 50 → 100 % say, or one step of 100 % for a model that nothing
 * good serves yet. Writes nothing. A newer version than the one under way supersedes it, the same one goes on.
 * @throws PROJECT_NOT_FOUND, MODEL_NOT_FOUND, VERSION_NOT_FOUND, DEPLOYMENT_IN_PROGRESS
 */
export const plan = async (deps: PlanDeps, request: RolloutRequest): Promise<{ state: RolloutState }> => {
  const { project } = await loadProject(deps.projects, request.project);
  const { source } = await getVersion(deps.registry, request.model, request.version);
  refuseOlder(await deps.deployments.find(request.model), request.version);
  const steps = (await hasStable(deps, request)) ? project.rollout.steps : [100];
  return {
    state: {
      project: request.project,
      model: request.model,
      version: request.version,
      by: request.by,
      modelUri: source,
      stickyKey: project.serving.entityKey,
      rollout: { ...project.rollout, steps },
      step: 0,
      extraBakes: 0,
      bakeStartedAt: deps.clock.now().toISOString(),
      bakeSeconds: project.rollout.bakeSeconds,
    },
  };
};
