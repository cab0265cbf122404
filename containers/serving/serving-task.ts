import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { diskDeploymentCache } from '#adapters/disk/disk-deployment-cache.ts';
import { diskLineSpool } from '#adapters/disk/disk-line-spool.ts';
import { diskModelCache } from '#adapters/disk/disk-model-cache.ts';
import type { DeploymentStore } from '#core/deployment/index.ts';
import type { OnlineTable } from '#core/features/index.ts';
import {
  Fleet,
  featureReader,
  LedgerQueue,
  type LedgerStream,
  type MetricSink,
  type ModelRuntime,
  type ModelSource,
  modelShelf,
  type Notice,
  type Stopwatch,
  servingTelemetry,
  versionMetrics,
} from '#core/serving/index.ts';
import type { Clock, Digest, Ids } from '#core/shared/index.ts';
import type { LineLog } from './access-log.ts';
import { drain, drainLimits, type Finisher } from './drain.ts';
import { every } from './every.ts';
import { FleetFollower } from './fleet-follower.ts';
import { MetricPush } from './metric-push.ts';
import { routesOf } from './routes.ts';
import { servingServer } from './server.ts';
import { UploadDoor } from './uploads/upload-door.ts';

/** Everything that a task reaches outside itself. */
export interface ServingTaskDeps {
  readonly store: Pick<DeploymentStore, 'list'>;
  readonly models: ModelSource;
  readonly runtime: ModelRuntime;
  readonly features: Pick<OnlineTable, 'read'>;
  readonly ledger: LedgerStream;
  readonly metrics: MetricSink;
  readonly log: LineLog;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly stopwatch: Stopwatch;
}

export interface ServingTaskOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly cacheDir: string;
  /** Time between two rounds of following, flushing and pushing, milliseconds. @default 1_000 */
  readonly beatMs?: number;
  /** How long `stop` may take. @default 10 */
  readonly drainSeconds?: number;
  /** Address of the artifact proxy. @default uploads are refused */
  readonly artifactsUrl?: string | undefined;
  /** How long the body of a prediction may take to come, milliseconds. @default 30_000 */
  readonly bodyMs?: number;
}

export interface ServingTask {
  readonly port: number;
  /** Finishes what is under way and sends what is buffered. */
  stop(): Promise<void>;
}

const fleetOf = (deps: ServingTaskDeps, cacheDir: string, notice: Notice) => {
  const versions = versionMetrics();
  const telemetry = servingTelemetry(versions, 'dynamodb');
  const source = diskModelCache(deps.models, { folder: join(cacheDir, 'models') });
  const shelf = modelShelf({ ...deps, source, afterThisTurn: setImmediate });
  const cache = diskDeploymentCache(join(cacheDir, 'fleet.json'));
  const fleet = new Fleet({ shelf, cache, telemetry, stopwatch: deps.stopwatch, notice });
  const follower = new FleetFollower({ store: deps.store, cache, fleet, notice });
  return { versions, telemetry, fleet, follower };
};

const ledgerOf = (deps: ServingTaskDeps, cacheDir: string, notice: Notice): LedgerQueue => {
  const spool = diskLineSpool({
    folder: join(cacheDir, 'ledger'),
    nextName: () => deps.ids.ulid(),
    lost: (files) => notice('ledger files lost', { files }),
  });
  return new LedgerQueue({ stream: deps.ledger, spool, stopwatch: deps.stopwatch, random: Math.random, notice });
};

const listening = (server: ReturnType<typeof servingServer>, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, 1_024, () => resolve((server.address() as AddressInfo).port));
  });

/** Starts a serving task: it listens at once and is ready when every deployment has a model here. */
export const startServingTask = async (deps: ServingTaskDeps, options: ServingTaskOptions): Promise<ServingTask> => {
  const { host, port, cacheDir, beatMs = 1_000, drainSeconds = 10 } = options;
  const notice: Notice = (what, facts) => deps.log.write('WARN', what, facts);
  const { versions, telemetry, fleet, follower } = fleetOf(deps, cacheDir, notice);
  const ledger = ledgerOf(deps, cacheDir, notice);
  const metrics = new MetricPush({ versions, sink: deps.metrics, clock: deps.clock, notice });
  const features = featureReader({ ...deps, lookup: deps.features, telemetry, afterThisTurn: setImmediate });
  let isStopping = false;
  const isDraining = (): boolean => isStopping;
  const predict = { ...deps, fleet, features, ledger, telemetry };
  const uploads = new UploadDoor(options.artifactsUrl);
  const routes = routesOf({ predict, follower, uploads, renderMetrics: telemetry.render, isDraining });
  const limits = options.bodyMs !== undefined && { bodyMs: options.bodyMs };
  const server = servingServer({ ...deps, ...limits, routes, telemetry, isDraining });
  const bound = await listening(server, port, host);
  await follower.start();
  const following = every(beatMs, () => follower.beat());
  const flushing = every(beatMs, () => ledger.flush());
  const pushing = every(beatMs, () => metrics.push());
  return {
    port: bound,
    stop: async () => {
      isStopping = true;
      const finishers: Finisher[] = [
        () => following.stop(),
        (late) => Promise.race([flushing.stop(), late]).then(() => ledger.drain(late)),
        () => pushing.stop().then(() => metrics.push()),
        () => uploads.settled(),
      ];
      await drain(server, finishers, drainLimits(drainSeconds));
      deps.log.flush();
    },
  };
};
