import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PlatformError } from '#core/shared/index.ts';
import { tryAgain } from './try-again.ts';

/** Copying and encrypting a whole part at once would hold up every prediction meanwhile. */
const SLICE_BYTES = 256 * 1_024;
const SILENCE_MS = 60_000;
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

const http = new HttpAgent({ keepAlive: true });
const https = new HttpsAgent({ keepAlive: true });

export interface PartTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Sent {
  readonly status: number;
  readonly etag: string;
}

const slices = async function* (body: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < body.length; from += SLICE_BYTES) {
    yield body.subarray(from, from + SLICE_BYTES);
    // A kernel with room takes one slice after the other at once: others must have their turn in between.
    await nextTurn();
  }
};

const exchange = async ({ url, headers }: PartTarget, body: Buffer): Promise<Sent> => {
  const [request, agent] = url.startsWith('https:') ? ([httpsRequest, https] as const) : ([httpRequest, http] as const);
  const sent = request(url, {
    method: 'PUT',
    headers: { ...headers, 'content-length': body.length },
    agent,
    timeout: SILENCE_MS,
  });
  sent.once('timeout', () => sent.destroy(new Error('the store was silent')));
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
  // An early refusal ends the sending too, and its status says more.
  const sending = pipeline(Readable.from(slices(body), { objectMode: false }), sent).catch(() => undefined);
  const reply = await answered;
  reply.resume();
  await sending;
  return { status: reply.statusCode ?? 0, etag: reply.headers.etag ?? '' };
};

const attempt = async (target: PartTarget, body: Buffer): Promise<Sent | Error> => {
  try {
    return await exchange(target, body);
  } catch (error) {
    return error as Error;
  }
};

const passes = (outcome: Sent | Error): boolean => outcome instanceof Error || PASSING.has(outcome.status);

/**
 * PUTs bytes to a presigned address; what passes by itself is tried again a few times.
 * @returns the ETag
 * @throws UNAVAILABLE when the store does not take it
 */
export const sendPart = async (target: PartTarget, body: Buffer): Promise<string> => {
  const outcome = await tryAgain(() => attempt(target, body), passes);
  if (!(outcome instanceof Error) && outcome.status === 200) return outcome.etag;
  const reason = outcome instanceof Error ? outcome.message : `status ${outcome.status}`;
  throw new PlatformError('UNAVAILABLE', `the store did not take a part of the file (${reason}); send the file again`);
};
