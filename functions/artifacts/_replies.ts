import { Buffer } from 'node:buffer';
import { type ArtifactEntry, below, openArtifact } from '#core/artifacts/index.ts';
import type { MlflowCall } from '../_shared/mlflow-call.ts';
import { HttpReply } from '../_shared/mlflow-reply.ts';
import { deps } from './_deps.ts';

/** Lambda lets 6 MB out, written as JSON with the body in base64. */
const LAMBDA_BODY_BYTES = 4_000_000;

/** Files as MLflow names them, `path` before each name. */
export const fileInfos = (entries: readonly ArtifactEntry[], path = '') =>
  entries.map(({ name, isFolder, bytes }) => ({
    path: path === '' ? name : below(path.replace(/\/$/, ''), name),
    is_dir: isFolder,
    file_size: bytes,
  }));

const SAFE = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };

/**
 * A file itself where the way back takes it whole, else the way to it. A browser follows it too, but its scripts read
 * other hosts only where those allow it: so what pages show should come from here.
 */
export const fileReply = async (call: MlflowCall, path: string): Promise<HttpReply> => {
  const opened = await openArtifact(deps, path, call.mostAnswerBytes ?? LAMBDA_BODY_BYTES);
  if (opened.kind === 'elsewhere')
    return new HttpReply({ statusCode: 307, headers: { ...SAFE, location: opened.url }, body: '' });
  return new HttpReply({
    statusCode: 200,
    headers: { ...SAFE, 'content-type': opened.contentType, 'content-disposition': opened.contentDisposition },
    body: Buffer.from(opened.body).toString('base64'),
    isBase64Encoded: true,
  });
};

/** 200 and nothing: what clients of MLflow expect of an upload. */
export const emptyReply = (): HttpReply => new HttpReply({ statusCode: 200, body: '' });
