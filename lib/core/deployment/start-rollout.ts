import { type StartDeps, startPipeline } from '#core/pipelines/index.ts';
import type { RolloutStarter } from './ports.ts';

/** Rollouts as runs of the deployment pipeline. */
export const rolloutsOn = (deps: StartDeps): RolloutStarter => ({
  start: async ({ project, model, version, endpoint, caller }) => {
    const parameters = { model, version, ...(endpoint !== undefined && { endpoint }) };
    const { runId } = await startPipeline(deps, { pipeline: 'deployment', project, parameters, caller });
    return runId;
  },
});
