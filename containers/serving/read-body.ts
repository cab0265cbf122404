import { isAscii, isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { PlatformError } from '#core/shared/index.ts';
import { inflated } from './inflate-body.ts';

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

const joined = (chunks: readonly Buffer[]): Buffer => {
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
};

/** The body as it came over the wire, read at its end. */
const received = <T>(request: IncomingMessage, read: (body: Buffer) => T): Promise<T> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MOST_BODY_BYTES) chunks.push(chunk);
      else chunks.length = 0;
      if (bytes > MOST_SWALLOWED_BYTES) request.destroy(new CallerGone());
    });
    request.on('end', () => {
      try {
        if (bytes > MOST_BODY_BYTES) throw tooLarge(bytes);
        resolve(read(joined(chunks)));
      } catch (error) {
        reject(error);
      }
    });
    // Also of a caller that hung up; to listen for the end of every request as well would cost as much as reading it.
    request.on('error', () => reject(new CallerGone()));
  });

const unpacked = async (request: IncomingMessage, encoding: string): Promise<Buffer> =>
  inflated(await received(request, (body) => body), encoding, MOST_BODY_BYTES);

/**
 * A body's bytes, unpacked where its sender packed them.
 * @throws {PlatformError} BODY_TOO_LARGE, MEDIA_TYPE_UNSUPPORTED, INVALID_REQUEST
 */
export const readBytes = (request: IncomingMessage): Promise<Buffer> => {
  const encoding = request.headers['content-encoding'];
  return encoding === undefined ? received(request, (body) => body) : unpacked(request, encoding);
};

/** Bytes as text. @throws {PlatformError} INVALID_REQUEST when they are not UTF-8 */
export const textOf = (body: Uint8Array): string => {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // Most bodies are ASCII, which is copied and not decoded.
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new PlatformError('INVALID_REQUEST', 'the body is not UTF-8; send JSON in UTF-8');
};

/** @throws {PlatformError} BODY_TOO_LARGE, MEDIA_TYPE_UNSUPPORTED, INVALID_REQUEST */
export const readBody = (request: IncomingMessage): Promise<string> => {
  const encoding = request.headers['content-encoding'];
  return encoding === undefined ? received(request, textOf) : unpacked(request, encoding).then(textOf);
};

const MARK = '\u0000';
const NON_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/**
 * Python writes NaN and Infinity into JSON, which JSON does not have. They are read all the same, so that the answer
 * can name the field. Only tried after JSON.parse refused. A text without an end is one token, too: to try again from
 * each of its quotes would take minutes.
 */
const parseNonFinite = (text: string): unknown => {
  const marked = text.replace(/"(?:[^"\\]|\\[\s\S])*\\?(?:"|$)|-?\bInfinity\b|\bNaN\b/g, (token) =>
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
      throw new PlatformError(
        'INVALID_REQUEST',
        `the body is no JSON (${reason}); names and texts stand in double quotes, as in {"NAME": "text", "OTHER": 1}`,
      );
    }
  }
};
