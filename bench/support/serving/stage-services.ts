import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { startEmulator } from '#local/emulator.ts';
import { clientEnv, LOCAL_REGION } from '#local/emulator-env.ts';
import { localPaths } from '#local/paths.ts';
import { dynamoDbLocal } from '../dynamodb-local.ts';
import { type Gate, startGate } from './gate.ts';
import { type Sink, startSink } from './our-server.ts';
import { dynamoPart } from './stage-content.ts';

/** DynamoDB Local, the emulator's S3 and a Firehose that counts, on this machine. */
export interface Services {
  readonly dynamo: DynamoDBClient;
  readonly s3: S3Client;
  readonly sink: Sink;
  readonly gates: { readonly dynamo: Gate; readonly s3: Gate } | undefined;
  /** How a task reaches them: through the gates, where there are any. */
  readonly env: Readonly<Record<string, string>>;
}

/** What to call, in this order, when it is over. */
export type Stops = (() => unknown)[];

const clients = (dynamoUrl: string, s3Url: string): Pick<Services, 'dynamo' | 's3'> => {
  const common = { region: LOCAL_REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  return {
    dynamo: new DynamoDBClient({ ...common, endpoint: dynamoUrl }),
    s3: new S3Client({ ...common, endpoint: s3Url, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' }),
  };
};

const startGates = async (dynamoUrl: string, s3Url: string, stops: Stops) => {
  const gates = { dynamo: await startGate(dynamoUrl, dynamoPart), s3: await startGate(s3Url, () => 's3') };
  stops.unshift(gates.dynamo.stop, gates.s3.stop);
  return gates;
};

/** Starts them one by one, and adds to `stops` how each is ended. */
export const startServices = async (stops: Stops, isGated: boolean): Promise<Services> => {
  const folder = mkdtempSync(join(tmpdir(), 'serving-stage-'));
  stops.unshift(() => rmSync(folder, { recursive: true, force: true }));
  const emulator = await startEmulator({ paths: { ...localPaths(folder), venvs: localPaths().venvs } });
  stops.unshift(() => emulator.stop());
  const dynamoDb = await dynamoDbLocal();
  stops.unshift(dynamoDb.stop);
  const sink = await startSink(true);
  stops.unshift(sink.stop);
  const gates = isGated ? await startGates(dynamoDb.url, emulator.url, stops) : undefined;
  const env = {
    ...clientEnv(emulator.url),
    AWS_ENDPOINT_URL_DYNAMODB: gates?.dynamo.url ?? dynamoDb.url,
    AWS_ENDPOINT_URL_S3: gates?.s3.url ?? emulator.url,
    AWS_ENDPOINT_URL_FIREHOSE: sink.url,
  };
  return { ...clients(dynamoDb.url, emulator.url), sink, gates, env };
};
