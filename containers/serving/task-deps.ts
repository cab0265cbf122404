import type { OnlineTable } from '#core/features/index.ts';
import type { MetricSink, ModelRuntime, ModelSource, RemoteModel, Stopwatch } from '#core/serving/index.ts';
import type { Clock, Digest, Ids } from '#core/shared/index.ts';
import type { LineLog } from './access-log.ts';
import type { DeploymentListing } from './fleet-follower.ts';
import type { StartShipping } from './ledger/shipping.ts';
import type { HeavyThreads } from './threads/heavy-work.ts';

/** Everything that a task reaches outside itself. */
export interface ServingTaskDeps {
  readonly store: DeploymentListing;
  readonly models: ModelSource;
  readonly runtime: ModelRuntime;
  readonly heavy: HeavyThreads;
  /** Runs the versions that an endpoint serves. @default such versions do not go live */
  readonly remote?: RemoteModel;
  readonly features: Pick<OnlineTable, 'read'>;
  /** How the ledger's lines leave. @default no ledger is kept */
  readonly ledger?: StartShipping;
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
  /** How long a task that stops still takes requests, so that the load balancer sees it, milliseconds. @default a share of drainSeconds */
  readonly noticeMs?: number;
  /** Address of the artifact proxy. @default uploads are refused */
  readonly artifactsUrl?: string | undefined;
  /** How long the body of a prediction may take to come, milliseconds. @default 30_000 */
  readonly bodyMs?: number;
  /** What open models may take. @default 384 */
  readonly modelMemoryMiB?: number | undefined;
  /** What the ledger may keep on disk. @default 512 */
  readonly ledgerSpoolMiB?: number | undefined;
  readonly defaultModel?: string | undefined;
  /** Who asks when no gateway says who. @default nobody, and predictions are refused */
  readonly callerOfNobody?: string | undefined;
  /** Whose pages may ask from a browser. @default none */
  readonly corsOrigins?: readonly string[] | undefined;
}
