import type { Buffer } from 'node:buffer';
import { openUpload, presignUpload, putArtifact } from '#core/artifacts/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import { deps } from './_deps.ts';

/** What reaches a function in one request, once it is written as base64 into the event. */
const MOST_BYTES = 4_500_000;

/** @throws BODY_TOO_LARGE with the ways around */
export const putSmall = async (path: string, body: Buffer): Promise<void> => {
  if (body.byteLength > MOST_BYTES)
    throw new PlatformError(
      'BODY_TOO_LARGE',
      `the file has ${body.byteLength} bytes, this address takes ${MOST_BYTES} in one request: use the platform's ` +
        'tracking address (it takes any size), or set MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD=true and ' +
        'MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE=4000000',
    );
  await putArtifact(deps, path, body);
};

/** The file that an upload makes: in the folder, by the last part of the path on the client's own machine. */
export const uploadPath = (folder: string, localPath: string): string =>
  `${folder.replace(/\/$/, '')}/${localPath.replace(/^.*[/\\]/s, '')}`;

interface Wanted {
  readonly num_parts: number;
  readonly first_part: number;
  readonly upload_id?: string | undefined;
  readonly whole: boolean;
}

/** Addresses to send a file to: of its parts, or of the whole. */
export const uploadAddresses = async (path: string, wanted: Wanted) => {
  if (wanted.whole) return { credentials: [{ part_number: 1, ...(await presignUpload(deps, path)) }] };
  const upload = { path, parts: wanted.num_parts, firstPart: wanted.first_part };
  const more = wanted.upload_id !== undefined && { uploadId: wanted.upload_id };
  const { uploadId, parts } = await openUpload(deps, { ...upload, ...more });
  const credentials = parts.map(({ number, url }) => ({ url, part_number: number, headers: {} }));
  return { upload_id: uploadId, credentials };
};
