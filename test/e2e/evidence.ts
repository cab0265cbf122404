import { writeFile } from 'node:fs/promises';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { type DatasetKind, DatasetManifest, dataKeys } from '#contracts/datasets.ts';
import { rootCloud } from './cloud.ts';
import { outputs } from './platform.ts';

/** Errors of a pipeline run's tasks in the order they happened, those that were tried again included. */
export const taskErrors = async (runId: string): Promise<string[]> => {
  const [pipeline = '', execution = ''] = runId.split(/\.(.*)/);
  const machine = outputs()[`${pipeline.charAt(0).toUpperCase()}${pipeline.slice(1)}PipelineArn`] ?? '';
  const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:${execution}`;
  const { events = [] } = await rootCloud().machines.send(new GetExecutionHistoryCommand({ executionArn }));
  return events.flatMap(({ taskFailedEventDetails: failed }) => (failed?.error ? [failed.error] : []));
};

const bytesAt = async (Bucket: string, Key: string): Promise<Uint8Array> => {
  const { Body } = await rootCloud().objects.send(new GetObjectCommand({ Bucket, Key }));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
};
const jsonAt = (key: string): Promise<unknown> => jsonOf(`s3://${outputs().DataBucketName ?? ''}/${key}`);

/** Copies an object of the data bucket to a local file. */
export const downloadTo = async (key: string, file: string): Promise<void> =>
  writeFile(file, await bytesAt(outputs().DataBucketName ?? '', key));

/** Manifest of a project's newest data set of a kind. */
export const newestManifest = async (project: string, kind: DatasetKind): Promise<DatasetManifest> => {
  const { datasetId } = (await jsonAt(dataKeys.latest(project, kind))) as { datasetId: string };
  return DatasetManifest.parse(await jsonAt(`${dataKeys.dataset(project, kind, datasetId)}manifest.json`));
};

/** What a project's newest data set of a kind holds, without the names of project and data set. */
export const newestDataset = async (project: string, kind: DatasetKind) => {
  const { rowCount, columns, files } = await newestManifest(project, kind);
  return { rowCount, columns, files: files.map(({ bytes, sha256 }) => ({ bytes, sha256 })) };
};

const placeOf = (uri: string) => {
  const [, Bucket = '', Key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  return { Bucket, Key };
};

/** A JSON document by its s3:// address. */
export const jsonOf = async (uri: string): Promise<unknown> => {
  const { Bucket, Key } = placeOf(uri);
  return JSON.parse(new TextDecoder().decode(await bytesAt(Bucket, Key)));
};

/** Writes over an object as if nobody had been there. */
export const overwrite = async (uri: string, Body: string | Uint8Array): Promise<void> => {
  await rootCloud().objects.send(new PutObjectCommand({ ...placeOf(uri), Body }));
};

/** Turns some bytes in the middle of an object around, as a broken disk or a bad copy does. */
export const corrupt = async (uri: string): Promise<void> => {
  const { Bucket, Key } = placeOf(uri);
  const bytes = await bytesAt(Bucket, Key);
  const middle = Math.floor(bytes.length / 2);
  await overwrite(
    uri,
    bytes.map((byte, at) => (at >= middle && at < middle + 64 ? byte ^ 0xff : byte)),
  );
};
