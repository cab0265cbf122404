import type { RolloutState } from '#contracts/deployment.ts';
import type { Project, Rollout } from '#contracts/project.ts';
import { loadProject, type ProjectStore } from '#core/pipelines/index.ts';
import { getVersion, productionVersion, type RegistryDeps } from '#core/registry/index.ts';
import { type Clock, PlatformError } from '#core/shared/index.ts';
import { projectTag } from './deploy-model.ts';
import type { DeploymentStore } from './ports.ts';
import { refuseElsewhere, refuseOlder } from './rollout-rules.ts';
import { stableOf } from './variants.ts';

export interface PlanDeps {
  readonly deployments: DeploymentStore;
  readonly projects: ProjectStore;
  readonly registry: RegistryDeps;
  readonly clock: Clock;
  /** Time until the fleet's measurements can be read, seconds. */
  readonly metricLagSeconds: number;
}

export interface RolloutRequest {
  readonly project: string;
  readonly model: string;
  readonly version: number;
  readonly by: string;
  /** SageMaker endpoint that runs the version. @default the fleet's own copy */
  readonly endpoint?: string | undefined;
}

/** A canary protects a version that was found good; without one there is nothing to compare with and nothing to lose. */
const hasStable = async (deps: PlanDeps, { model, version }: RolloutRequest): Promise<boolean> => {
  const stable = stableOf(await deps.deployments.find(model), version);
  return stable !== undefined && (await productionVersion(deps.registry, model)) !== undefined;
};

/** Tag of a version with the sha256 of its model.onnx, as training knew it. */
const sha256Tag = 'onnxSha256';

const rolloutOf = (rollout: Rollout, isCanary: boolean): RolloutState['rollout'] => ({
  ...rollout,
  steps: isCanary ? rollout.steps : [100],
  // Nothing is lost by a first version that nobody asks; a canary without a witness is no canary.
  onTooLittleTraffic: rollout.onTooLittleTraffic ?? (isCanary ? 'rollback' : 'proceed'),
});

/** What a rollout takes from its project's serving section. */
const servingOf = ({ serving }: Project) => ({
  ...(serving.requestFields && { requestFields: serving.requestFields }),
  explanations: serving.explanations,
  ...(serving.ledger && { redaction: serving.ledger }),
  stickyKey: serving.entityKey,
});

/** A version serves by the rules of the project it was trained for, and takes traffic from no other project's model. */
const refuseForeign = ({ project, model, version }: RolloutRequest, tags: Record<string, string>): void => {
  const owner = tags[projectTag] ?? model;
  if (owner === project) return;
  const message = `${model} version ${version} belongs to project ${owner}, not ${project}; deploy it for ${owner}`;
  throw new PlatformError('INVALID_REQUEST', message, { project, allowed: owner });
};

/**
 * The rollout of a version by its project's rules: 10 → 50 → 100 % say, or one step of 100 % for a model that nothing
 * good serves yet. Writes nothing. A newer version than the one under way supersedes it, the same one goes on.
 * @throws INVALID_REQUEST when the version is another project's, or serves already from somewhere else
 * @throws PROJECT_NOT_FOUND, MODEL_NOT_FOUND, VERSION_NOT_FOUND, DEPLOYMENT_IN_PROGRESS
 */
export const plan = async (deps: PlanDeps, request: RolloutRequest): Promise<{ state: RolloutState }> => {
  const { project } = await loadProject(deps.projects, request.project);
  const { source, tags } = await getVersion(deps.registry, request.model, request.version);
  refuseForeign(request, tags);
  const current = await deps.deployments.find(request.model);
  refuseOlder(current, request.version);
  refuseElsewhere(current, request);
  const isCanary = await hasStable(deps, request);
  return {
    state: {
      project: request.project,
      model: request.model,
      version: request.version,
      by: request.by,
      modelUri: source,
      ...(tags[sha256Tag] !== undefined && { onnxSha256: tags[sha256Tag] }),
      ...(request.endpoint !== undefined && { endpoint: request.endpoint }),
      ...servingOf(project),
      rollout: rolloutOf(project.rollout, isCanary),
      step: 0,
      extraBakes: 0,
      bakeStartedAt: deps.clock.now().toISOString(),
      bakeSeconds: project.rollout.bakeSeconds + deps.metricLagSeconds,
    },
  };
};
