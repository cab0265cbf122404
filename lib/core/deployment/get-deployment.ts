import type { Deployment } from '#contracts/deployment.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { DeploymentStore } from './ports.ts';

/** What serves a model now. @throws DEPLOYMENT_NOT_FOUND */
export const getDeployment = async (deployments: DeploymentStore, model: string): Promise<Deployment> => {
  const found = await deployments.find(model);
  if (found) return found;
  throw new PlatformError(
    'DEPLOYMENT_NOT_FOUND',
    `${model} was never deployed; POST /models/deploy rolls a version out`,
    {
      model,
    },
  );
};
