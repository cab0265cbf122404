import { cloudWatchServingMetrics } from '#adapters/aws/cloudwatch-serving-metrics.ts';
import { dynamoDeploymentListing } from '#adapters/aws/dynamo-deployment-listing.ts';
import { dynamoOnlineTable } from '#adapters/aws/dynamo-online-table.ts';
import { s3ModelSource } from '#adapters/aws/s3-model-source.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { sageMakerModel } from '#adapters/aws/sage-maker-model.ts';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import type { Notice } from '#core/serving/index.ts';
import type { LineLog } from './access-log.ts';
import { servingClients } from './clients.ts';
import { type FolderEnvironment, readEnvironment, readFolderEnvironment } from './env.ts';
import { shipInThread } from './ledger/thread-shipping.ts';
import { localCaller, modelFolderDeps, modelFolderIn } from './model-folder-deps.ts';
import type { ServingTaskDeps, ServingTaskOptions } from './task-deps.ts';
import { heavyWork } from './threads/heavy-work.ts';

const MIB = 1_048_576;
/** Share of the models' memory that the files of one thread's models may take: opened they take some times as much. */
const THREAD_SHARE = 1 / 12;

type Common = Pick<ServingTaskDeps, 'runtime' | 'heavy' | 'log' | 'clock' | 'ids' | 'digest' | 'stopwatch'>;
type Environment = Omit<FolderEnvironment, 'LEDGER_STREAM_NAME'>;

const noticeOf =
  (log: LineLog): Notice =>
  (what, facts) =>
    log.write('WARN', what, facts);

const threadBytes = ({ MODEL_MEMORY_MIB }: Pick<Environment, 'MODEL_MEMORY_MIB'>): number =>
  Math.ceil(MODEL_MEMORY_MIB * MIB * THREAD_SHARE);

const commonDeps = (env: Environment, log: LineLog): Common => {
  const notice = noticeOf(log);
  const stopwatch = { ms: () => performance.now() };
  const mostBytes = threadBytes(env);
  return {
    runtime: onnxModelRuntime,
    heavy: heavyWork({ threads: env.HEAVY_THREADS, stopwatch, notice, mostBytes }),
    ...{ log, clock: systemClock, ids: systemIds, digest: systemDigest, stopwatch },
  };
};

const optionsOf = (env: Environment): ServingTaskOptions => ({
  host: env.HOST_ADDRESS,
  port: env.SAGEMAKER_BIND_TO_PORT ?? env.PORT,
  cacheDir: env.CACHE_DIR,
  drainSeconds: env.DRAIN_SECONDS,
  artifactsUrl: env.ARTIFACTS_URL,
  modelMemoryMiB: env.MODEL_MEMORY_MIB,
  ledgerSpoolMiB: env.LEDGER_SPOOL_MIB,
  defaultModel: env.DEFAULT_MODEL,
  corsOrigins: env.CORS_ORIGINS,
});

interface Task {
  readonly deps: ServingTaskDeps;
  readonly options: ServingTaskOptions;
}

const fleetTask = (variables: NodeJS.ProcessEnv, log: LineLog): Task => {
  const env = readEnvironment(variables);
  const clients = servingClients();
  return {
    deps: {
      ...commonDeps(env, log),
      store: dynamoDeploymentListing(clients.registry, env.DEPLOYMENTS_TABLE),
      models: s3ModelSource(s3ObjectStore(clients.s3, env.ARTIFACT_BUCKET)),
      remote: sageMakerModel(clients.endpoints),
      features: dynamoOnlineTable(clients.features, env.FEATURES_TABLE),
      ledger: shipInThread(env.LEDGER_STREAM_NAME, threadBytes(env)),
      metrics: cloudWatchServingMetrics(clients.cloudwatch),
    },
    options: optionsOf(env),
  };
};

const folderTask = (folder: string, variables: NodeJS.ProcessEnv, log: LineLog): Task => {
  const notice = noticeOf(log);
  const { LEDGER_STREAM_NAME: stream, ...env } = readFolderEnvironment(variables);
  const ledger = stream !== undefined && { ledger: shipInThread(stream, threadBytes(env)) };
  return {
    deps: { ...commonDeps(env, log), ...modelFolderDeps(folder, notice), ...ledger },
    options: { ...optionsOf(env), callerOfNobody: localCaller },
  };
};

/** What the environment asks for: a task of the fleet, or one that serves a folder. @throws Error that names what is missing */
export const taskOf = (variables: NodeJS.ProcessEnv, log: LineLog): Task => {
  const folder = modelFolderIn(variables);
  return folder === undefined ? fleetTask(variables, log) : folderTask(folder, variables, log);
};
