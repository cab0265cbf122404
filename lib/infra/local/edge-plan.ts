import { Stack } from 'aws-cdk-lib';
import type { CfnDistribution } from 'aws-cdk-lib/aws-cloudfront';

/** What stands behind an address: the HTTP API, or the load balancer inside the network. */
export interface EdgeOrigin {
  readonly kind: 'api' | 'balancer';
  /** Written over what the caller sent under these names. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface EdgeBehaviour {
  /** Path with * and ?. @example '/static-files/*' */
  readonly path: string;
  readonly origin: EdgeOrigin;
  readonly methods: readonly string[];
}

/** What a CloudFront distribution does with requests, as far as a stand-in for it must know. */
export interface EdgePlan {
  /** The first whose path fits decides; the last one fits all. */
  readonly behaviours: readonly EdgeBehaviour[];
}

/** Where the plan lies in a template's Metadata. */
export const edgePlanName = 'EdgePlan';

interface Origin {
  readonly id: string;
  readonly vpcOriginConfig?: unknown;
  readonly originCustomHeaders?: readonly { readonly headerName: string; readonly headerValue: string }[];
}
interface Behaviour {
  readonly pathPattern?: string;
  readonly targetOriginId: string;
  readonly allowedMethods: readonly string[];
}
interface Config {
  readonly origins: readonly Origin[];
  readonly defaultCacheBehavior: Behaviour;
  readonly cacheBehaviors: readonly Behaviour[];
}

const originOf = ({ vpcOriginConfig, originCustomHeaders = [] }: Origin): EdgeOrigin => ({
  kind: vpcOriginConfig === undefined ? 'api' : 'balancer',
  headers: Object.fromEntries(originCustomHeaders.map(({ headerName, headerValue }) => [headerName, headerValue])),
});

/** Reads the plan out of a distribution. */
export const edgePlanOf = (distribution: CfnDistribution): EdgePlan => {
  const config = Stack.of(distribution).resolve(distribution.distributionConfig) as Config;
  const origins = new Map(config.origins.map((origin) => [origin.id, originOf(origin)]));
  const behaviours = [...config.cacheBehaviors, config.defaultCacheBehavior].map((behaviour) => {
    const origin = origins.get(behaviour.targetOriginId);
    if (!origin) throw new Error(`the distribution has no origin ${behaviour.targetOriginId}`);
    return { path: behaviour.pathPattern ?? '*', origin, methods: behaviour.allowedMethods };
  });
  return { behaviours };
};
