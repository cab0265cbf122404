import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { toJson } from './json.ts';

/** A whole HTTP answer, for what is not a message: files, pages, redirects. */
export class HttpReply {
  readonly result: APIGatewayProxyStructuredResultV2;
  constructor(result: APIGatewayProxyStructuredResultV2) {
    this.result = result;
  }
}

// Lambda lets 6 MiB out, of the whole answer written as JSON: every quote of the body costs two bytes there.
const MAX_ANSWER_BYTES = 6 * 1024 * 1024 - 8 * 1024;
// What a function can hold in memory several times over.
const MAX_TEXT_CHARACTERS = 40_000_000;
const WORTH_PACKING = 32_768;

const withoutUnset = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutUnset);
  if (typeof value !== 'object' || value === null) return value;
  const set = Object.entries(value).filter(([, item]) => item !== undefined && !(Array.isArray(item) && !item.length));
  return Object.fromEntries(set.map(([key, item]) => [key, withoutUnset(item)]));
};

/** A message as MLflow's server writes it: unset fields and empty lists are left out. */
export const messageJson = (reply: object): string => toJson(withoutUnset(reply), 'largest');

const packed = (text: string): APIGatewayProxyStructuredResultV2 => ({
  headers: { 'content-encoding': 'gzip' },
  body: gzipSync(text, { level: 4 }).toString('base64'),
  isBase64Encoded: true,
});

export const acceptsGzip = (acceptEncoding: string | undefined): boolean => /\bgzip\b/i.test(acceptEncoding ?? '');

/** The text as a body that Lambda lets out, packed where that is worth it and the caller takes it; else how many times too large it is. */
export const bodyOf = (
  text: string,
  acceptEncoding: string | undefined,
): { fits: APIGatewayProxyStructuredResultV2 } | { timesTooLarge: number } => {
  if (text.length > MAX_TEXT_CHARACTERS) return { timesTooLarge: text.length / MAX_TEXT_CHARACTERS };
  const packs = text.length > WORTH_PACKING && acceptsGzip(acceptEncoding);
  const fits = packs ? packed(text) : { body: text };
  const bytes = packs ? Buffer.byteLength(fits.body ?? '') : Buffer.byteLength(JSON.stringify(text));
  return bytes > MAX_ANSWER_BYTES ? { timesTooLarge: bytes / MAX_ANSWER_BYTES } : { fits };
};
