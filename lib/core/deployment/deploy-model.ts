import type { DeployModel, DeploymentInitiated } from '#contracts/deployment.ts';
import type { Caller } from '#contracts/routes.ts';
import { getVersion, type RegistryDeps, transitionStage } from '#core/registry/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { RolloutStarter } from './ports.ts';

export interface DeployDeps {
  readonly registry: RegistryDeps;
  readonly rollouts: RolloutStarter;
}

/** Tag of a version that names its project. @default the model's own name */
export const projectTag = 'project';

const refuseUnasked = (environment: DeployModel['environment'], endpoint: string | undefined): void => {
  if (environment === 'production' || endpoint === undefined) return;
  const message = `staging moves no traffic, so nobody would ask the endpoint ${endpoint}; leave it out, or deploy to production`;
  throw new PlatformError('INVALID_REQUEST', message, { environment, endpoint });
};

/**
 * Production starts the deployment pipeline. Staging moves no traffic: it is the version's stage in the registry, and
 * no pipeline runs for it.
 * @throws INVALID_REQUEST, MODEL_NOT_FOUND, VERSION_NOT_FOUND, PROJECT_NOT_FOUND
 */
export const deployModel = async (
  deps: DeployDeps,
  { model_name: model, model_version: version, environment, endpoint }: DeployModel,
  caller: Caller,
): Promise<DeploymentInitiated> => {
  refuseUnasked(environment, endpoint);
  const { tags } = await getVersion(deps.registry, model, version);
  const initiated = { status: 'deployment_initiated' as const, model_name: model, model_version: version };
  if (environment === 'production') {
    const project = tags[projectTag] ?? model;
    const runId = await deps.rollouts.start({ project, model, version, endpoint, caller });
    return { ...initiated, run_id: runId };
  }
  const reason = 'deployed to staging';
  await transitionStage(deps.registry, {
    name: model,
    version,
    stage: 'Staging',
    archiveExisting: true,
    reason,
    by: caller.id,
  });
  return { ...initiated, run_id: null };
};
