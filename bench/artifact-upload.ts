/**
 * What a large file costs the fleet that takes it beside its predictions: memory, event loop, latency.
 * `npm run bench -- artifact-upload [MiB]`; the store is the emulator on this machine, which shares its processors.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoDeploymentStore } from '#adapters/aws/dynamo-deployment-store.ts';
import { s3ArtifactStore } from '#adapters/aws/s3-artifact-store.ts';
import { presignUpload } from '#core/artifacts/index.ts';
import { startEmulator } from '#local/emulator.ts';
import { clientEnv } from '#local/emulator-env.ts';
import { localPaths } from '#local/paths.ts';
import { chooseFreePort } from '#local/ports.ts';
import { processorTime, usedSince } from './support/cpu.ts';
import { partProxy } from './support/part-proxy.ts';
import { printTable } from './support/table.ts';
import { startWatchedFleet, type WatchedFleet } from './support/watched-fleet.ts';

const BUCKET = 'bench-artifacts';
const FIXTURE = 'test/fixtures/serving-model/v1';
const CALM_MS = 5_000;
const PREDICTION = JSON.stringify({ customer_id: 'c', tenure: 3, monthly_charges: 88.5, contract: 'monthly' });

/** A process of its own, so that it does not slow what measures. */
const SENDER = `
const [url, mib] = process.argv.slice(1);
const piece = Buffer.alloc(1048576, 7);
const sent = require('node:http').request(url, { method: 'PUT', headers: { 'content-length': mib * 1048576 } });
sent.on('response', (reply) => { reply.resume(); process.exitCode = reply.statusCode === 200 ? 0 : 1; });
let left = Number(mib);
const send = () => { while (left > 0 && sent.write(piece)) left -= 1; left > 0 ? (left -= 1, sent.once('drain', send)) : sent.end(); };
send();`;

const makeStage = async (url: string): Promise<S3Client> => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region } = clientEnv(url);
  const config = { endpoint: url, region, credentials: { accessKeyId, secretAccessKey } };
  const dynamo = new DynamoDBClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' });
  const keys = { deployments: ['pk', 'sk'], features: ['pk'] };
  for (const [TableName, names] of Object.entries(keys)) {
    const KeySchema = names.map((AttributeName, i) => ({ AttributeName, KeyType: i ? 'RANGE' : 'HASH' }) as const);
    const AttributeDefinitions = names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }) as const);
    const shape = { TableName, KeySchema, AttributeDefinitions, BillingMode: 'PAY_PER_REQUEST' } as const;
    await dynamo.send(new CreateTableCommand(shape));
  }
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  for (const file of ['model.onnx', 'serving.json'])
    await s3.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: `1/r/${file}`, Body: readFileSync(join(FIXTURE, file)) }),
    );
  const deployment = {
    ...({ model: 'churn', project: 'churn', revision: 1, phase: 'stable', stickyKey: 'customer_id' } as const),
    ...{ featureService: 'churn', reason: 'bench', updatedAt: '2026-01-01T00:00:00.000Z', updatedBy: 'bench' },
    variants: [{ version: 1, weight: 100, modelUri: `s3://${BUCKET}/1/r/` }],
  };
  await dynamoDeploymentStore(DynamoDBDocumentClient.from(dynamo), 'deployments').save(deployment, 0);
  return s3;
};

const predictOnce = async (port: number): Promise<number> => {
  const start = performance.now();
  const headers = { 'content-type': 'application/json', 'x-caller-id': 'bench' };
  const reply = await fetch(`http://127.0.0.1:${port}/predict/churn`, { method: 'POST', headers, body: PREDICTION });
  if (!reply.ok) throw new Error(`the prediction was answered ${reply.status}: ${await reply.text()}`);
  await reply.arrayBuffer();
  return performance.now() - start;
};

interface Cost {
  readonly seconds: number;
  /** Processor seconds of the fleet. */
  readonly cpu: number;
  readonly latencies: readonly number[];
  readonly delays: readonly number[];
  readonly peakMiB: number;
}

/** Predicts about a hundred times a second while something is done. */
const costOf = async (fleet: WatchedFleet, work: Promise<unknown>): Promise<Cost> => {
  const [start, latencies] = [performance.now(), [] as number[]];
  let [isOver, peakMiB] = [false, 0];
  const ended = work.finally(() => {
    isOver = true;
  });
  await fleet.loopDelay();
  const before = processorTime(fleet.pid);
  while (!isOver) {
    latencies.push(await predictOnce(fleet.port));
    peakMiB = Math.max(peakMiB, fleet.residentMiB());
    await sleep(10);
  }
  await ended;
  const cpu = usedSince(fleet.pid, before).own;
  return { seconds: (performance.now() - start) / 1_000, cpu, latencies, delays: await fleet.loopDelay(), peakMiB };
};

const upload = async (url: string, mib: number): Promise<void> => {
  const child = spawn(process.execPath, ['-e', SENDER, url, String(mib)], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('the upload was refused');
};

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;

const rowOf = (what: string, { seconds, cpu, latencies, delays, peakMiB }: Cost) => [
  what,
  seconds,
  cpu,
  latencies.length,
  ...[0.5, 0.99, 1].map((share) => percentile(latencies, share)),
  ...delays,
  peakMiB,
];

interface Ways {
  readonly fleet: WatchedFleet;
  /** Address to PUT the same file to, past the fleet: what the machine's other work costs the predictions. */
  readonly past: string;
}

const measure = async ({ fleet, past }: Ways, mib: number): Promise<void> => {
  for (let warm = 0; warm < 300; warm++) await predictOnce(fleet.port);
  const before = fleet.residentMiB();
  const calm = await costOf(fleet, sleep(CALM_MS));
  const beside = await costOf(fleet, upload(past, mib));
  const through = `http://127.0.0.1:${fleet.port}/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/large.bin`;
  const loaded = await costOf(fleet, upload(through, mib));
  const headings = [
    '',
    's',
    'CPU s',
    'predictions',
    'p50 ms',
    'p99 ms',
    'most ms',
    'loop p50 ms',
    'loop p99 ms',
    'loop most ms',
    'peak MiB',
  ];
  printTable(headings, [
    rowOf('calm', calm),
    rowOf(`${mib} MiB past it`, beside),
    rowOf(`${mib} MiB through it`, loaded),
  ]);
  console.log(`memory before ${before.toFixed(0)} MiB, after ${fleet.residentMiB().toFixed(0)} MiB`);
};

const mib = Number(process.argv[2] ?? 200);
const folder = mkdtempSync(join(tmpdir(), 'artifact-upload-'));
const paths = { ...localPaths(folder), venvs: localPaths().venvs };
const emulator = await startEmulator({ paths });
const stops: (() => unknown)[] = [() => emulator.stop(), () => rmSync(folder, { recursive: true, force: true })];
try {
  const s3 = await makeStage(emulator.url);
  const artifacts = s3ArtifactStore({ client: s3, presigning: s3 }, BUCKET);
  const proxy = await partProxy({ artifacts });
  stops.unshift(proxy.stop);
  const fleet = await startWatchedFleet(await chooseFreePort(), {
    ...clientEnv(emulator.url),
    DEPLOYMENTS_TABLE: 'deployments',
    FEATURES_TABLE: 'features',
    ARTIFACT_BUCKET: BUCKET,
    LEDGER_STREAM_NAME: 'none',
    CACHE_DIR: join(folder, 'cache'),
    ARTIFACTS_URL: proxy.url,
  });
  stops.unshift(fleet.stop);
  const { url: past } = await presignUpload({ artifacts }, '1/r/artifacts/past.bin');
  await measure({ fleet, past }, mib);
} finally {
  for (const stop of stops) await stop();
}
