import { z } from 'zod';
import { documents } from '#adapters/aws/clients.ts';
import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { eventBridgeBus } from '#adapters/aws/event-bridge-bus.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import type { PromoteDeps } from '#core/deployment/index.ts';
import { text } from '../_shared/env.ts';

export const writerEnv = { DEPLOYMENTS_TABLE: text, REGISTRY_TABLE: text, EVENT_BUS_NAME: text };
/** Time until a metric can be read, seconds: CloudWatch takes up to two minutes. */
export const metricLagEnv = { METRIC_LAG_SECONDS: z.coerce.number().int().min(0).max(3_600).default(120) };
type WriterEnv = Record<keyof typeof writerEnv, string>;

/** What a step needs that writes the deployment document. */
export const writerDeps = (env: WriterEnv): PromoteDeps => {
  const events = eventBridgeBus(env.EVENT_BUS_NAME);
  const registry = dynamoRegistryStore(documents(), env.REGISTRY_TABLE);
  return {
    deployments: dynamoDeploymentStore(documents(), env.DEPLOYMENTS_TABLE),
    clock: systemClock,
    events,
    registry: { registry, clock: systemClock, ids: systemIds, digest: systemDigest, events },
  };
};
