export const stageNames = ['local', 'dev', 'staging', 'prod'] as const;
export type StageName = (typeof stageNames)[number];

/** A container's share of a machine: vCPU × 1024 and MiB, in the pairs that Fargate sells. */
export interface TaskSize {
  readonly cpu: number;
  readonly memoryMiB: number;
}

/**
 * GPU machines on spot through ECS Managed Instances: nothing runs, nothing costs, until a candidate asks. Projects say
 * whether theirs do (training.compute.gpu); without such machines those train on Fargate, and their results say so.
 */
export interface GpuConfig {
  readonly task: TaskSize;
  readonly gpus: number;
}

export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

export interface ServingConfig {
  readonly task: TaskSize;
  readonly minTasks: number;
  readonly maxTasks: number;
  /**
   * Requests a second of one task from which on another is started: what half a core answers and explains in the ledger
   * with room to spare. A spike shows here in its full height, while CPU ends at 100 % of what there is.
   */
  readonly requestsPerTask: number;
  /** Models kept open, MiB: of a task's memory the rest is for Node, threads and requests. */
  readonly modelMemoryMiB: number;
  /** Ledger lines that wait on disk while Firehose is away, MiB of the 20 GiB that are free; beyond, requests are refused. */
  readonly ledgerSpoolMiB: number;
  /** Answers POST /predict. @default the only model that is served */
  readonly defaultModel?: string;
  /** Whether SageMaker endpoints may run versions: the network then has a way to them, at 7 a zone. */
  readonly sageMaker: boolean;
  /** Between SIGTERM and the end of a task: the load balancer lets go within 30 s, requests have as long again. */
  readonly drainSeconds: number;
  /** Addresses (CIDR) of a Prometheus that reads /metrics of the tasks. @default - nobody but the load balancer comes in */
  readonly metricsReaders?: string;
}

export interface StageConfig {
  readonly name: StageName;
  readonly region: string;
  /** Runs in the emulator: the template adapter takes out what that lacks. */
  readonly emulated: boolean;
  readonly network: {
    /** Zones that get interface endpoints; tasks of the other zone reach them across. */
    readonly endpointZones: 1 | 2;
    readonly flowLogDays: number;
  };
  readonly serving: ServingConfig;
  /** Origins whose pages may ask the API: callers prove themselves by a header, so that any may where none is named. */
  readonly corsOrigins: readonly string[];
  /**
   * Limits of the HTTP API, all callers together. A limit for each caller is still to come: until then one who asks too
   * much takes from the others.
   */
  readonly limits: {
    readonly api: RateLimit;
    readonly serving: RateLimit;
    /**
     * Of each route that MLflow's clients use. A short run is 12 requests, one that logs each step by itself thousands,
     * and the client waits for minutes and tries again when it is slowed down (429): so this guards the account, and
     * loses nobody's metric. What a stage lets through at once is what Lambda runs at once.
     */
    readonly mlflow: RateLimit;
    /**
     * How many of each function that the load balancer asks too run at once: who comes that way passes none of the limits
     * above, and would use up the account's functions and money. Taken from what the account runs at once, of which
     * Lambda leaves 100 to all others: deploying fails where the account has less than twice this and 100, as new ones
     * have (ask AWS for 1,000). @default no limit but the account's
     */
    readonly besideApi?: number;
  };
  readonly training: {
    readonly task: TaskSize;
    /** Candidates that train at the same time. */
    readonly concurrency: number;
    readonly capacity: 'FARGATE' | 'FARGATE_SPOT';
    /** Before a task that was interrupted, or for which there was no machine, is tried again (twice). */
    readonly retrySeconds: number;
    readonly gpu?: GpuConfig;
    /** Whether projects may train as SageMaker jobs, on machines they name; without, those train as tasks like others. */
    readonly sageMaker: boolean;
  };
  /** Heavy steps that Lambda is too small for run as tasks (docs/adr/0009): 0 while none does. */
  readonly processing: {
    readonly task: TaskSize;
    /** Scratch disk, GiB, 21 to 200: raw files, tables, what DuckDB spills and what is written lie on it. */
    readonly diskGiB: number;
    readonly capacity: 'FARGATE' | 'FARGATE_SPOT';
    /** Before a task that was interrupted, or for which there was no machine, is tried again (twice). */
    readonly retrySeconds: number;
    /** Unpacked bytes to read from which on a task does it: a fifth of the Lambda's disk, for what is made of them. */
    readonly fargateFromBytes: number;
    /** From which on Athena runs the SQL over the sources: a fifth of the task's disk. @default - there is no Athena */
    readonly athena?: {
      readonly fromBytes: number;
      /** What one query may read, at 5 USD a TB: a query that would read more is stopped. */
      readonly maxBytesPerQuery: number;
    };
  };
  /** Lambda steps that carry DuckDB: memory buys CPU (1,769 MiB is one core), disk holds Parquet. */
  readonly duckDb: { readonly memoryMiB: number; readonly diskMiB: number };
  /** Buffer of the prediction ledger: a record is in S3 at the latest after this long. */
  readonly ledgerBufferSeconds: number;
  /** From a request until its metric can be asked for; a bake is judged on what is older. */
  readonly metricLagSeconds: number;
  readonly logDays: number;
  /**
   * Data outlives the stack. Without it `cdk destroy` still asks for empty buckets: empty them first (all versions), as
   * nobody in the platform, not even CloudFormation, is given the right to delete objects.
   */
  readonly retainData: boolean;
  readonly containerInsights: boolean;
}
