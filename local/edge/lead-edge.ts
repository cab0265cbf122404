import { balancerPath } from '#infra/naming.ts';
import type { StackOutputs } from '../deploy.ts';
import type { LocalPaths } from '../paths.ts';
import { readPlan } from './plan.ts';
import type { EdgeHandle } from './server.ts';

/** The emulator's own path to an API: host names below localhost do not resolve everywhere. */
export const apiPath = (apiId: string): string => `/_aws/execute-api/${apiId}/$default`;

interface Deployed {
  readonly paths: LocalPaths;
  readonly emulatorUrl: string;
  readonly stacks: StackOutputs;
}

/** Points the edge at what has been deployed; an app without a distribution leaves it as it is. */
export const leadEdge = (edge: EdgeHandle, { paths, emulatorUrl, stacks }: Deployed): void => {
  const plan = readPlan(paths);
  const { ApiId } = Object.assign({}, ...Object.values(stacks)) as Record<string, string>;
  if (!plan || !ApiId) return;
  const at = (path: string): URL => new URL(path, emulatorUrl);
  edge.lead({ plan, addresses: { api: at(apiPath(ApiId)), balancer: at(balancerPath('local')) } });
};
