import { Buffer } from 'node:buffer';
import { PlatformError } from '#core/shared/index.ts';
import { parseJson } from './json.ts';

/** Largest body, bytes. Lambda itself ends at 6 MB. */
export const MAX_BODY_BYTES = 5 * 1024 * 1024;

/** What an event of API Gateway, a load balancer or a function URL says of its body. */
interface EventBody {
  readonly body?: string | undefined;
  readonly isBase64Encoded?: boolean | undefined;
}

export const bodyBytes = ({ body, isBase64Encoded }: EventBody): Buffer =>
  Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');

/** @throws BODY_TOO_LARGE */
export const boundedBody = (bytes: Buffer): Buffer => {
  if (bytes.byteLength <= MAX_BODY_BYTES) return bytes;
  const message = `the body is ${bytes.byteLength} bytes, allowed are ${MAX_BODY_BYTES}; send it in smaller parts`;
  throw new PlatformError('BODY_TOO_LARGE', message);
};

export const isJsonType = (contentType: string): boolean => /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType);

/** @throws INVALID_REQUEST when it is not JSON in UTF-8 */
export const parseBody = (bytes: Buffer): unknown => {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new PlatformError('INVALID_REQUEST', `the body is not JSON: ${(error as Error).message}`);
  }
};
