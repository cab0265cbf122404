import type { Deployment } from '#contracts/deployment.ts';
import type { DeploymentStore } from './ports.ts';
import { stableOf } from './variants.ts';

/** What a deployment takes from its version's project. */
export type ServingRules = Pick<
  Deployment,
  'project' | 'stickyKey' | 'featureService' | 'requestFields' | 'explanations'
>;

/** Revisions searched for an earlier stable version: months of weekly rollouts. */
export const searched = 200;

export const rulesOf = (deployment: ServingRules): ServingRules => {
  const { project, stickyKey, featureService, requestFields, explanations } = deployment;
  return {
    project,
    stickyKey,
    featureService,
    ...(requestFields && { requestFields }),
    ...(explanations && { explanations }),
  };
};

/** Rules by which the version served that a rollout took traffic from, undefined when nothing served before. */
export const rulesBefore = async (
  deployments: DeploymentStore,
  model: string,
  rolledOut: number,
): Promise<ServingRules | undefined> => {
  const stable = stableOf(await deployments.find(model), rolledOut);
  if (!stable) return undefined;
  const history = await deployments.history(model, searched);
  const before = history.find(({ phase, variants }) => phase !== 'canary' && variants[0]?.version === stable.version);
  return before && rulesOf(before);
};
