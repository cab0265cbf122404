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

const task = (cpu: number, memoryMiB: number): TaskSize => ({ cpu, memoryMiB });
const GB = 1_000_000_000;
const TB = 1_000 * GB;

// Prices are monthly, us-east-1, USD, for a stage that nobody uses. CloudFront's address and its way into the network
// are 0 in each: requests and bytes alone are paid for.
const local: StageConfig = {
  name: 'local',
  region: 'us-east-1',
  emulated: true,
  network: { endpointZones: 1, flowLogDays: 1 },
  serving: { task: task(512, 1024), minTasks: 1, maxTasks: 2, drainSeconds: 10 },
  limits: {
    api: { perSecond: 100, burst: 200 },
    serving: { perSecond: 500, burst: 1_000 },
    mlflow: { perSecond: 200, burst: 400 },
  },
  training: { task: task(1024, 2048), concurrency: 2, capacity: 'FARGATE', retrySeconds: 5, sageMaker: false },
  // The emulator's Athena reads no files of this kind.
  processing: {
    task: task(1024, 2048),
    diskGiB: 21,
    capacity: 'FARGATE',
    retrySeconds: 5,
    fargateFromBytes: 0.4 * GB,
  },
  duckDb: { memoryMiB: 3_008, diskMiB: 2_048 },
  ledgerBufferSeconds: 1,
  metricLagSeconds: 5,
  logDays: 1,
  retainData: false,
  containerInsights: false,
};

const dev: StageConfig = {
  ...local,
  name: 'dev',
  emulated: false,
  network: { endpointZones: 1, flowLogDays: 7 }, // 5 endpoints × 1 zone: 37
  // One half-vCPU task: 18; load balancer: 17
  serving: { task: task(512, 1024), minTasks: 1, maxTasks: 4, drainSeconds: 60 },
  // 0; a SageMaker job costs what its machine does, while it trains (prices.ts)
  training: { task: task(4096, 8192), concurrency: 3, capacity: 'FARGATE_SPOT', retrySeconds: 300, sageMaker: true },
  // 0; four cores, 16 GB and 100 GiB on spot are about 0.08 an hour while a step runs, Athena 5 a TB
  processing: {
    task: task(4096, 16_384),
    diskGiB: 100,
    capacity: 'FARGATE_SPOT',
    retrySeconds: 120,
    fargateFromBytes: 0.8 * GB,
    athena: { fromBytes: 20 * GB, maxBytesPerQuery: 0.2 * TB },
  },
  duckDb: { memoryMiB: 3_008, diskMiB: 4_096 }, // 0
  ledgerBufferSeconds: 60,
  metricLagSeconds: 120,
  logDays: 14,
};

const prod: StageConfig = {
  ...dev,
  name: 'prod',
  network: { endpointZones: 2, flowLogDays: 90 }, // 8 endpoints × 2 zones: 117
  // Two one-vCPU tasks in two zones: 72; load balancer: 17
  serving: { task: task(1024, 2048), minTasks: 2, maxTasks: 20, drainSeconds: 60 },
  limits: {
    api: { perSecond: 100, burst: 200 },
    serving: { perSecond: 2_000, burst: 4_000 },
    mlflow: { perSecond: 1_000, burst: 2_000 },
    besideApi: 100,
  },
  training: {
    task: task(8192, 16_384),
    concurrency: 5,
    capacity: 'FARGATE_SPOT',
    retrySeconds: 300,
    sageMaker: true,
    // 0; a g4dn.xlarge is 0.53 an hour on demand, and less on spot, while a candidate trains
    gpu: { task: task(3072, 12_288), gpus: 1 },
  },
  // 0; eight cores, 60 GB and 200 GiB on spot are about 0.20 an hour while a step runs, Athena 5 a TB
  processing: {
    task: task(8192, 61_440),
    diskGiB: 200,
    capacity: 'FARGATE_SPOT',
    retrySeconds: 300,
    fargateFromBytes: 2 * GB,
    athena: { fromBytes: 40 * GB, maxBytesPerQuery: 2 * TB },
  },
  duckDb: { memoryMiB: 10_240, diskMiB: 10_240 }, // 0
  logDays: 365,
  retainData: true,
  containerInsights: true, // about 10 with two tasks
};

const staging: StageConfig = {
  ...prod,
  name: 'staging',
  network: { endpointZones: 1, flowLogDays: 30 }, // 8 endpoints × 1 zone: 58
  serving: { task: task(512, 1024), minTasks: 2, maxTasks: 4, drainSeconds: 60 }, // 36; load balancer: 17
  limits: { ...prod.limits, besideApi: 50 },
  logDays: 30,
  containerInsights: false,
};

export const stages: Readonly<Record<StageName, StageConfig>> = { local, dev, staging, prod };

/** @throws Error that names the stages when there is none of that name */
export const stageOf = (name: unknown): StageConfig => {
  const known = stageNames.find((stage) => stage === name);
  if (known) return stages[known];
  const got = name === undefined ? 'none' : String(name);
  throw new Error(`stage must be one of ${stageNames.join(', ')}, got ${got}; say -c stage=dev`);
};
