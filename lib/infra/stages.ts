import { type StageConfig, type StageName, stageNames, type TaskSize } from './stage-config.ts';

export * from './stage-config.ts';

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
  serving: {
    task: task(512, 1024),
    minTasks: 1,
    maxTasks: 2,
    drainSeconds: 10,
    requestsPerTask: 200,
    modelMemoryMiB: 384,
    ledgerSpoolMiB: 512, // a quarter of an hour of 500 records a second, 1 KB each
    sageMaker: false, // the emulator runs no endpoints
  },
  corsOrigins: ['*'],
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
  serving: { ...local.serving, maxTasks: 4, drainSeconds: 60, ledgerSpoolMiB: 2_048 },
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
  network: { endpointZones: 2, flowLogDays: 90 }, // 9 endpoints × 2 zones: 131
  // Two one-vCPU tasks in two zones: 72; load balancer: 17
  serving: {
    task: task(1024, 2048),
    minTasks: 2,
    maxTasks: 20,
    drainSeconds: 60,
    requestsPerTask: 400,
    modelMemoryMiB: 1_024,
    ledgerSpoolMiB: 8_192, // more than an hour of 2,000 records a second, 1 KB each; 0
    sageMaker: true,
  },
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
  network: { endpointZones: 1, flowLogDays: 30 }, // 9 endpoints × 1 zone: 66
  serving: { ...dev.serving, minTasks: 2, sageMaker: true }, // 36; load balancer: 17
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
