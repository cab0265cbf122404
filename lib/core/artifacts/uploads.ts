import { PlatformError } from '../shared/errors.ts';
import { artifactFolder, artifactKey } from './artifact-key.ts';
import { mediaType } from './media-type.ts';
import type { ArtifactDeps, SentPart } from './ports.ts';

/** How long addresses to send to are good: a client gets all of an upload's at its start. */
const UPLOAD_SECONDS = 6 * 3_600;
/** S3 knows no more parts of a file. */
const MAX_PARTS = 10_000;

const wrongNumber = (what: string, value: number): PlatformError =>
  new PlatformError(
    'INVALID_REQUEST',
    `${what} must be from 1 to ${MAX_PARTS}, got ${value}; send larger parts (MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE)`,
    { [what]: value },
  );

const checkPart = (what: string, value: number): void => {
  if (!Number.isInteger(value) || value < 1 || value > MAX_PARTS) throw wrongNumber(what, value);
};

/** Writes a small file as it comes. */
export const putArtifact = async ({ artifacts }: ArtifactDeps, path: string, body: Uint8Array): Promise<void> => {
  const key = artifactKey(path);
  await artifacts.write(key, body, mediaType(key));
};

export interface PartAddress {
  readonly number: number;
  readonly url: string;
}

export interface WantedUpload {
  readonly path: string;
  /** How many addresses. @minimum 1 @maximum 10_000 */
  readonly parts: number;
  /** Number of the first of them. @default 1 */
  readonly firstPart?: number;
  /** Of an upload under way, for further addresses. @default a new upload */
  readonly uploadId?: string;
}

export interface Upload {
  readonly uploadId: string;
  readonly parts: readonly PartAddress[];
}

/**
 * Begins an upload in parts, or goes on with one: addresses to PUT each part to. Nothing is to be seen of the file
 * until `completeUpload`.
 * @throws INVALID_REQUEST
 */
export const openUpload = async ({ artifacts }: ArtifactDeps, wanted: WantedUpload): Promise<Upload> => {
  const { parts: count, firstPart = 1 } = wanted;
  const key = artifactKey(wanted.path);
  checkPart('num_parts', count);
  checkPart('first_part', firstPart);
  checkPart('last part', firstPart + count - 1);
  const uploadId = wanted.uploadId ?? (await artifacts.beginParts(key, mediaType(key)));
  const parts: PartAddress[] = [];
  for (let number = firstPart; number < firstPart + count; number++)
    parts.push({ number, url: await artifacts.presignPart(key, { uploadId, number }, UPLOAD_SECONDS) });
  return { uploadId, parts };
};

/** Address to PUT a whole file to, and the headers to send along. */
export const presignUpload = async ({ artifacts }: ArtifactDeps, path: string) => {
  const key = artifactKey(path);
  return { url: await artifacts.presignUpload(key, UPLOAD_SECONDS), headers: { 'content-type': mediaType(key) } };
};

export interface FinishedUpload {
  readonly path: string;
  readonly uploadId: string;
  /** In any order. */
  readonly parts: readonly SentPart[];
}

/** Makes the file of the parts that were sent; doing so again changes nothing. @throws INVALID_REQUEST */
export const completeUpload = async ({ artifacts }: ArtifactDeps, done: FinishedUpload): Promise<void> => {
  const key = artifactKey(done.path);
  if (done.parts.length === 0)
    throw new PlatformError('INVALID_REQUEST', 'parts must name at least one part; abort an upload that has none');
  for (const { number } of done.parts) checkPart('part_number', number);
  const parts = done.parts.toSorted((a, b) => a.number - b.number);
  await artifacts.completeParts(key, done.uploadId, parts);
};

/** Frees what was sent so far. */
export const abortUpload = async (
  { artifacts }: ArtifactDeps,
  { path, uploadId }: Pick<FinishedUpload, 'path' | 'uploadId'>,
): Promise<void> => artifacts.abortParts(artifactKey(path), uploadId);

/** Removes a file, or a folder with all in it; what is not there is no error. An experiment's own root stays. */
export const deleteArtifacts = async ({ artifacts }: ArtifactDeps, path: string): Promise<void> =>
  artifacts.remove(artifactKey(artifactFolder(path)));
