import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { dynamoTrackingStore } from '#adapters/aws/dynamo-tracking-store.ts';
import { systemClock, systemIds } from '#adapters/system/system.ts';
import { callerContext } from '#contracts/routes.ts';
import type { TrackingStore } from '#core/tracking/index.ts';
import { clientEnv } from '#local/emulator-env.ts';
import { trackingDoor } from '../../functions/tracking/mlflow/tracking-door.ts';

export interface DoorTime {
  readonly seconds: number;
  /** Processor seconds of this process: the door, and its AWS client where it has one. */
  readonly cpu: number;
}

type Ask = (path: string, body: unknown) => Promise<{ readonly statusCode?: number; readonly body?: string }>;

const eventOf = (path: string, body: unknown) => ({
  version: '2.0',
  rawPath: `/api/2.0/mlflow/${path}`,
  rawQueryString: '',
  headers: { 'content-type': 'application/json' },
  requestContext: {
    requestId: 'bench',
    stage: '$default',
    http: { method: 'POST', path },
    authorizer: { lambda: { [callerContext.id]: 'bench', [callerContext.role]: 'scientist' } },
  },
  body: JSON.stringify(body),
  isBase64Encoded: false,
});

const context = { functionName: 'bench', awsRequestId: 'bench', getRemainingTimeInMillis: () => 30_000 } as Context;

const askerOf = (tracking: TrackingStore): Ask => {
  const events = { publish: async () => {} };
  const handler = trackingDoor({ tracking, events, clock: systemClock, ids: systemIds, artifactBucket: 'bench' });
  return (path, body) => handler(eventOf(path, body) as never, context) as ReturnType<Ask>;
};

const must = async (ask: Ask, path: string, body: unknown): Promise<Record<string, unknown>> => {
  const reply = await ask(path, body);
  if (reply.statusCode !== 200) throw new Error(`${path} was answered ${reply.statusCode}: ${reply.body}`);
  return JSON.parse(reply.body ?? '{}') as Record<string, unknown>;
};

const newRun = async (ask: Ask): Promise<string> => {
  const { experiment_id } = await must(ask, 'experiments/create', { name: `bench-${process.hrtime.bigint()}` });
  const { run } = await must(ask, 'runs/create', { experiment_id, start_time: 1 });
  return (run as { info: { run_id: string } }).info.run_id;
};

const point = (step: number) => ({ key: 'loss', value: 1 / (step + 1), timestamp: 1_700_000_000_000 + step, step });

const journeys = {
  log_metric: async (ask: Ask, run_id: string, count: number): Promise<void> => {
    for (let step = 0; step < count; step += 1) await must(ask, 'runs/log-metric', { run_id, ...point(step) });
  },
  log_batch: async (ask: Ask, run_id: string, count: number): Promise<void> => {
    const metrics = Array.from({ length: count }, (_, step) => ({ ...point(step), key: `m${step % 10}` }));
    await must(ask, 'runs/log-batch', { run_id, metrics });
  },
};
export type Journey = keyof typeof journeys;

/** Time of the tracking door alone, called in this process: no HTTP, no API, no Lambda. */
export const timeDoor = async (tracking: TrackingStore, journey: Journey, count: number): Promise<DoorTime> => {
  const ask = askerOf(tracking);
  await journeys[journey](ask, await newRun(ask), Math.min(count, 50));
  const run = await newRun(ask);
  const [start, before] = [performance.now(), process.cpuUsage()];
  await journeys[journey](ask, run, count);
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1_000, cpu: (user + system) / 1e6 };
};

/** The tracking store on a table of the emulator, as its root user. */
export const emulatorStore = (url: string, table: string): TrackingStore => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region } = clientEnv(url);
  const client = new DynamoDBClient({ endpoint: url, region, credentials: { accessKeyId, secretAccessKey } });
  const marshallOptions = { removeUndefinedValues: true };
  return dynamoTrackingStore(DynamoDBDocumentClient.from(client, { marshallOptions }), table);
};
