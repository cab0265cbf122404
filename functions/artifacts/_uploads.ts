import type { Buffer } from 'node:buffer';
import { openUpload, presignUpload, putArtifact } from '#core/artifacts/index.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { MlflowCall } from '../_shared/mlflow-call.ts';
import { acceptsGzip } from '../_shared/mlflow-reply.ts';
import { deps } from './_deps.ts';

/** What reaches a function in one request, once it is written as base64 into the event. */
const MOST_BYTES = 4_500_000;

/** @throws BODY_TOO_LARGE with the ways around */
export const putSmall = async (path: string, body: Buffer): Promise<void> => {
  if (body.byteLength > MOST_BYTES)
    throw new PlatformError(
      'BODY_TOO_LARGE',
      `the file has ${body.byteLength} bytes, this address takes ${MOST_BYTES} in one request: use the platform's ` +
        'EdgeUrl, which takes any size, or set MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD=true and ' +
        'MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE=4000000',
    );
  await putArtifact(deps, path, body);
};

/** The file that an upload makes: in the folder, by the last part of the path on the client's own machine. */
export const uploadPath = (folder: string, localPath: string): string =>
  `${folder.replace(/\/$/, '')}/${localPath.replace(/^.*[/\\]/s, '')}`;

/** Of Lambda's 6 MB, with the quotes of JSON written twice. */
const LAMBDA_ANSWER_BYTES = 5_800_000;
/** An address has 2,000 bytes (a role's token is most of it) and the key in percents; packed all but the signature is shared. */
const addressBytes = (path: string, isPacked: boolean): number => (isPacked ? 100 : 2_000 + 3 * path.length);

/** @throws INVALID_REQUEST before an upload is begun that nobody would learn of */
const checkAnswer = (path: string, { num_parts, call }: Wanted): void => {
  const bytes = addressBytes(path, acceptsGzip(call.headers['accept-encoding']));
  const most = Math.floor((call.mostAnswerBytes ?? LAMBDA_ANSWER_BYTES) / bytes);
  if (num_parts <= most) return;
  throw new PlatformError(
    'INVALID_REQUEST',
    `num_parts is ${num_parts}, and one answer here holds ${most} addresses: send larger parts ` +
      '(MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE), or take answers in gzip (accept-encoding)',
    { num_parts, most },
  );
};

interface Wanted {
  readonly num_parts: number;
  readonly first_part: number;
  readonly upload_id?: string | undefined;
  readonly whole: boolean;
  /** How it came says how much of an answer gets back. */
  readonly call: Pick<MlflowCall, 'headers' | 'mostAnswerBytes'>;
}

/** Addresses to send a file to: of its parts, or of the whole. */
export const uploadAddresses = async (path: string, wanted: Wanted) => {
  if (wanted.whole) return { credentials: [{ part_number: 1, ...(await presignUpload(deps, path)) }] };
  checkAnswer(path, wanted);
  const upload = { path, parts: wanted.num_parts, firstPart: wanted.first_part };
  const more = wanted.upload_id !== undefined && { uploadId: wanted.upload_id };
  const { uploadId, parts } = await openUpload(deps, { ...upload, ...more });
  const credentials = parts.map(({ number, url }) => ({ url, part_number: number, headers: {} }));
  return { upload_id: uploadId, credentials };
};
