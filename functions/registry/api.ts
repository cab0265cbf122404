import { documents } from '#adapters/aws/clients.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { eventBridgeBus } from '#adapters/aws/event-bridge-bus.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { registryRoutes } from '#contracts/registry.ts';
import {
  deleteAlias,
  getModel,
  getVersion,
  listAudited,
  listChanges,
  listModels,
  listVersions,
  registerRunModel,
  setAlias,
  transitionStage,
  verifyHistory,
  versionByAlias,
  versionInProductionAt,
} from '#core/registry/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { httpApi } from '../_shared/http.ts';

const env = readEnv({ REGISTRY_TABLE: text, TRACKING_TABLE: text, EVENT_BUS_NAME: text });
const deps = {
  registry: dynamoRegistryStore(documents(), env.REGISTRY_TABLE),
  tracking: dynamoTrackingStore(documents(), env.TRACKING_TABLE),
  events: eventBridgeBus(env.EVENT_BUS_NAME),
  clock: systemClock,
  ids: systemIds,
  digest: systemDigest,
};

export const handler = httpApi(registryRoutes, {
  registerModel: async ({ body, caller }) => {
    const { run_id: runId, ...wanted } = body;
    const { name, version, stage } = await registerRunModel(deps, { ...wanted, runId, by: caller.id });
    return { name, version, stage, status: 'registered' as const };
  },
  listModels: ({ query }) => listModels(deps, query),
  getModel: ({ path }) => getModel(deps, path.name),
  listVersions: ({ path, query }) => listVersions(deps, path.name, query),
  getVersion: ({ path }) => getVersion(deps, path.name, path.version),
  transitionStage: ({ path, body, caller }) => transitionStage(deps, { ...path, ...body, by: caller.id }),
  listChanges: ({ path, query }) => listChanges(deps, path.name, query),
  productionAt: ({ path, query }) => versionInProductionAt(deps, path.name, new Date(query.time)),
  auditModel: ({ path, query }) => verifyHistory(deps, path.name, query.head),
  listAudited: ({ query }) => listAudited(deps, query),
  getVersionByAlias: ({ path }) => versionByAlias(deps, path.name, path.alias),
  setAlias: ({ path, body, caller }) => setAlias(deps, { ...path, ...body, by: caller.id }),
  deleteAlias: ({ path, query, caller }) => deleteAlias(deps, { ...path, ...query, by: caller.id }),
});
