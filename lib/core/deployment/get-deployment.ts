import type { Deployment } from '#contracts/deployment.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { DeploymentStore } from './ports.ts';

const MOST_SHOWN = 20;

const notDeployed = (model: string, deployed: readonly string[]): PlatformError => {
  const shown = deployed.slice(0, MOST_SHOWN);
  const more = deployed.length > shown.length ? ` and ${deployed.length - shown.length} more` : '';
  const others = shown.length > 0 ? `deployed are ${shown.join(', ')}${more}` : 'nothing is';
  const message = `${model} was never deployed, ${others}; deploy a version of it first, or correct the name`;
  return new PlatformError('DEPLOYMENT_NOT_FOUND', message, { model, deployed: shown });
};

/** What serves a model now. @throws DEPLOYMENT_NOT_FOUND that names the models which are deployed */
export const getDeployment = async (
  deployments: Pick<DeploymentStore, 'find' | 'list'>,
  model: string,
): Promise<Deployment> => {
  const found = await deployments.find(model);
  if (found) return found;
  const all = await deployments.list();
  throw notDeployed(
    model,
    all.map((one) => one.model),
  );
};
