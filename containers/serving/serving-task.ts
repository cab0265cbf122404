import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger, LedgerCounts, ModelSource, Notice } from '#core/serving/index.ts';
import { corsOf } from './cors.ts';
import { type DrainLimits, drain, drainLimits, type Finisher } from './drain.ts';
import { every } from './every.ts';
import { fleetParts } from './fleet-parts.ts';
import { type ServingLedger, servingLedger } from './ledger/serving-ledger.ts';
import { listening } from './listen.ts';
import { MetricPush } from './metric-push.ts';
import { routesOf } from './routes/index.ts';
import { servingServer } from './server.ts';
import type { ServingTaskDeps, ServingTaskOptions } from './task-deps.ts';
import { UploadDoor } from './uploads/upload-door.ts';

export type { ServingTaskDeps, ServingTaskOptions } from './task-deps.ts';

export interface ServingTask {
  readonly port: number;
  /** Takes no more, finishes what is under way and sends what is buffered. */
  stop(): Promise<void>;
}

const MIB = 1_048_576;
const JOURNAL_BEAT_MS = 1_000;

const noticeOf =
  ({ log }: ServingTaskDeps): Notice =>
  (what, facts) =>
    log.write('WARN', what, facts);

type Parts = ReturnType<typeof fleetParts>;

interface Serving {
  readonly parts: Parts;
  readonly ledger: Ledger;
  readonly uploads: UploadDoor;
  readonly isDraining: () => boolean;
}

const serverOf = (deps: ServingTaskDeps, options: ServingTaskOptions, serving: Serving) => {
  const { parts, ledger, uploads, isDraining } = serving;
  const { fleet, features, telemetry, follower, renderMetrics } = parts;
  const { bodyMs, defaultModel, corsOrigins = [], callerOfNobody } = options;
  const predict = { ...deps, fleet, features, ledger, telemetry };
  const given = { ...(bodyMs !== undefined && { bodyMs }), ...(callerOfNobody !== undefined && { callerOfNobody }) };
  const routes = routesOf({
    predict,
    follower,
    uploads,
    isDraining,
    defaultModel,
    renderMetrics: renderMetrics(ledger),
    health: (model) => fleet.health(model),
  });
  return servingServer({ ...deps, ...given, routes, telemetry, isDraining, cors: corsOf(corsOrigins) });
};

const NOTHING: LedgerCounts = {
  ...{ written: 0, delivered: 0, repeated: 0, lost: 0, refused: 0 },
  ...{ explained: 0, unexplained: 0, waitingBytes: 0 },
};
/** Nothing is written, so that nothing waits. */
const noLedger: ServingLedger = {
  ledger: { commit: async () => {}, refuseWhenFull: () => {}, counts: () => NOTHING },
  beat: async () => {},
  drain: async () => {},
};

const ledgerOf = (deps: ServingTaskDeps, options: ServingTaskOptions, models: ModelSource) => {
  const { cacheDir, ledgerSpoolMiB } = options;
  const { ledger: ship, ids } = deps;
  if (!ship) return noLedger;
  const mostBytes = ledgerSpoolMiB && ledgerSpoolMiB * MIB;
  return servingLedger({ ship, models, ids, notice: noticeOf(deps) }, { root: join(cacheDir, 'ledger'), mostBytes });
};

interface RoundsOptions {
  readonly parts: Parts;
  readonly shipping: Omit<ServingLedger, 'ledger'>;
  readonly beatMs: number;
}

/** Rounds that a task makes as long as it lives; answers what is to be finished when it ends. */
const rounds = (deps: ServingTaskDeps, { parts, shipping, beatMs }: RoundsOptions) => {
  const notice = noticeOf(deps);
  const metrics = new MetricPush({ versions: parts.versions, sink: deps.metrics, clock: deps.clock, notice });
  const journaling = every(Math.min(beatMs, JOURNAL_BEAT_MS), () => shipping.beat());
  const following = every(beatMs, () => parts.follower.beat());
  const pushing = every(beatMs, () => metrics.push());
  return (limits: DrainLimits): Finisher[] => [
    () => following.stop(),
    (late) => Promise.race([journaling.stop(), late]).then(() => shipping.drain(late, limits.lateMs)),
    () => pushing.stop().then(() => metrics.push()),
  ];
};

/** Starts a serving task: it listens at once and is ready when every deployment has a model here. */
export const startServingTask = async (deps: ServingTaskDeps, options: ServingTaskOptions): Promise<ServingTask> => {
  const { host, port, beatMs = 1_000, drainSeconds = 10, noticeMs } = options;
  const parts = fleetParts(deps, options, noticeOf(deps));
  const { ledger, ...shipping } = await ledgerOf(deps, options, parts.source);
  const uploads = new UploadDoor(options.artifactsUrl);
  let isStopping = false;
  const server = serverOf(deps, options, { parts, ledger, uploads, isDraining: () => isStopping });
  const bound = await listening(server, { host, port }).catch(async (error: unknown) => {
    // A process that ended now would end a thread that is loading native code.
    await shipping.drain(new Promise(() => {}), 0);
    throw error;
  });
  await parts.follower.start();
  const finish = rounds(deps, { parts, shipping, beatMs });
  return {
    port: bound,
    stop: async () => {
      isStopping = true;
      const limits = drainLimits(drainSeconds, noticeMs);
      await drain(server, [...finish(limits), () => uploads.settled()], limits);
      const closing = Promise.all([parts.shelf.close(), deps.heavy.close()]);
      await Promise.race([closing, sleep(limits.closeMs, undefined, { ref: false })]);
      deps.log.flush();
    },
  };
};
