import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { PlatformError } from '#core/shared/index.ts';

export const MOST_BODY_BYTES = 1_048_576;
/** A body that is too large is read to its end, unkept, so that its sender hears why; beyond this the socket closes. */
const MOST_SWALLOWED_BYTES = 16 * MOST_BODY_BYTES;

/** The caller hung up before the end of its body: there is nobody to answer. */
export class CallerGone extends Error {}

const tooLarge = (bytes: number): PlatformError =>
  new PlatformError(
    'BODY_TOO_LARGE',
    `the body has ${bytes} bytes or more, ${MOST_BODY_BYTES} are allowed; split the batch`,
    { mostBytes: MOST_BODY_BYTES },
  );

const decode = (chunks: readonly Buffer[]): string => {
  const [first] = chunks;
  const body = first && chunks.length === 1 ? first : Buffer.concat(chunks);
  if (isUtf8(body)) return body.toString('utf8');
  throw new PlatformError('INVALID_REQUEST', 'the body is not UTF-8; send JSON in UTF-8');
};

const textOf = (chunks: readonly Buffer[], bytes: number): string => {
  if (bytes > MOST_BODY_BYTES) throw tooLarge(bytes);
  return decode(chunks);
};

/** @throws {PlatformError} BODY_TOO_LARGE, INVALID_REQUEST */
export const readBody = (request: IncomingMessage): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MOST_BODY_BYTES) chunks.push(chunk);
      else chunks.length = 0;
      if (bytes > MOST_SWALLOWED_BYTES) request.destroy();
    });
    request.on('end', () => {
      try {
        resolve(textOf(chunks, bytes));
      } catch (error) {
        reject(error);
      }
    });
    request.on('error', () => reject(new CallerGone()));
    request.on('close', () => {
      // Every request closes; an error made for each would cost as much as reading it.
      if (!request.complete) reject(new CallerGone());
    });
  });

const MARK = '\u0000';
const NON_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/**
 * Python writes NaN and Infinity into JSON, which JSON does not have. They are read all the same, so that the answer
 * can name the field. Only tried after JSON.parse refused.
 */
const parseNonFinite = (text: string): unknown => {
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (token) =>
    token.startsWith('"') ? token : `"\\u0000${token}"`,
  );
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? (NON_FINITE[value.slice(1)] ?? value) : value,
  );
};

/** @throws {PlatformError} INVALID_REQUEST */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    try {
      return parseNonFinite(text);
    } catch {
      const reason = error instanceof Error ? error.message : String(error);
      throw new PlatformError('INVALID_REQUEST', `the body is no JSON (${reason}); send e.g. {"customer_id": "c-1"}`);
    }
  }
};
