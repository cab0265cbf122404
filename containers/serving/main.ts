import { cloudWatchServingMetrics } from '#adapters/aws/cloudwatch-serving-metrics.ts';
import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import { dynamoOnlineTable } from '#adapters/aws/dynamo-online-table.ts';
import { firehoseLedger } from '#adapters/aws/firehose-ledger.ts';
import { s3ModelSource } from '#adapters/aws/s3-model-source.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { lineLog } from './access-log.ts';
import { servingClients } from './clients.ts';
import { readEnvironment } from './env.ts';
import { startServingTask } from './serving-task.ts';

const env = readEnvironment(process.env);
const clients = servingClients();
const log = lineLog(process.stdout);

const task = await startServingTask(
  {
    store: dynamoDeploymentStore(clients.documents, env.DEPLOYMENTS_TABLE),
    models: s3ModelSource(s3ObjectStore(clients.s3, env.ARTIFACT_BUCKET)),
    runtime: onnxModelRuntime,
    features: dynamoOnlineTable(clients.documents, env.FEATURES_TABLE),
    ledger: firehoseLedger(clients.firehose, env.LEDGER_STREAM_NAME),
    metrics: cloudWatchServingMetrics(clients.cloudwatch),
    log,
    clock: systemClock,
    ids: systemIds,
    digest: systemDigest,
    stopwatch: { ms: () => performance.now() },
  },
  {
    host: env.HOST_ADDRESS,
    port: env.PORT,
    cacheDir: env.CACHE_DIR,
    drainSeconds: env.DRAIN_SECONDS,
    artifactsUrl: env.ARTIFACTS_URL,
  },
);
log.write('INFO', 'serving', { host: env.HOST_ADDRESS, port: task.port });

const stop = async (signal: string): Promise<void> => {
  log.write('INFO', 'stopping', { signal });
  await task.stop();
  process.exit(0);
};
process.once('SIGTERM', (signal) => void stop(signal));
process.once('SIGINT', (signal) => void stop(signal));
