import { join } from 'node:path';
import { diskDeploymentCache } from '#adapters/disk/disk-deployment-cache.ts';
import { diskModelCache } from '#adapters/disk/disk-model-cache.ts';
import {
  Breaker,
  Fleet,
  featureReader,
  fleetGauges,
  guardedRemote,
  type Ledger,
  type ModelShelf,
  type ModelSource,
  modelShelf,
  type Notice,
  servingTelemetry,
  versionMetrics,
} from '#core/serving/index.ts';
import { FleetFollower } from './fleet-follower.ts';
import type { ServingTaskDeps, ServingTaskOptions } from './task-deps.ts';

const MIB = 1_048_576;
const MODEL_MEMORY_MIB = 384;

type Telemetry = ReturnType<typeof servingTelemetry>;

const featuresOf = (deps: ServingTaskDeps, telemetry: Telemetry, stale: () => void) => {
  const { stopwatch } = deps;
  const breaker = new Breaker({ name: 'the online feature store', stopwatch, random: Math.random });
  const common = { ...deps, lookup: deps.features, telemetry, breaker, stale };
  return { breaker, features: featureReader({ ...common, afterThisTurn: setImmediate }) };
};

const shelfOf = (deps: ServingTaskDeps, options: ServingTaskOptions, isLoopFree: () => boolean) => {
  const { runtime, heavy, digest, stopwatch } = deps;
  const source: ModelSource = diskModelCache(deps.models, { folder: join(options.cacheDir, 'models') });
  const remote = deps.remote && guardedRemote(deps.remote, stopwatch, Math.random);
  const mostBytes = (options.modelMemoryMiB ?? MODEL_MEMORY_MIB) * MIB;
  const common = { source, runtime, heavy, remote, digest, stopwatch, mostBytes };
  const shelf: ModelShelf = modelShelf({ ...common, isLoopFree, random: Math.random, afterThisTurn: setImmediate });
  return { source, remote, shelf };
};

/** What a task is made of but for the HTTP server and the ledger. */
export const fleetParts = (deps: ServingTaskDeps, options: ServingTaskOptions, notice: Notice) => {
  const versions = versionMetrics();
  const telemetry = servingTelemetry(versions, 'dynamodb');
  const { stopwatch } = deps;
  const { source, remote, shelf } = shelfOf(deps, options, () => !follower.isReady());
  const cache = diskDeploymentCache(join(options.cacheDir, 'fleet.json'));
  const fleet = new Fleet({ shelf, cache, telemetry, stopwatch, notice });
  const follower: FleetFollower = new FleetFollower({ store: deps.store, cache, fleet, notice, stopwatch });
  const { features, breaker } = featuresOf(deps, telemetry, () => gauges?.stale());
  let gauges: ReturnType<typeof fleetGauges> | undefined;
  const renderMetrics = (ledger: Pick<Ledger, 'counts'>): (() => string) => {
    const registry = { isUp: () => !follower.isRegistryAway() };
    const dependencies = { registry, features: breaker, ...(remote && { endpoints: remote }) };
    const heavy = () => deps.heavy.state();
    const made = fleetGauges({ shelf, heavy, dependencies, ledger: () => ledger.counts() });
    gauges = made;
    return () => telemetry.render() + made.render();
  };
  return { versions, telemetry, source, shelf, fleet, follower, features, renderMetrics };
};
