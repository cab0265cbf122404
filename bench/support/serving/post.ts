import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Outcome } from './open-loop.ts';

export interface Target {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const PATIENCE_MS = 30_000;

/** Asks over kept connections; never throws: a connection that breaks is status 0. Nothing is asked twice. */
export const poster = (most: number): ((target: Target, path: string, body: string) => Promise<Outcome>) => {
  const agent = new Agent({ keepAlive: true, maxSockets: most });
  return ({ url, headers = {} }, path, body) =>
    new Promise((done) => {
      const all = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers };
      const sent = request(url + path, { method: 'POST', agent, headers: all, timeout: PATIENCE_MS });
      const broken = (error: unknown): void => done({ status: 0, body: String(error) });
      sent.on('response', (reply) => {
        text(reply).then((answered) => done({ status: reply.statusCode ?? 0, body: answered }), broken);
      });
      sent.on('timeout', () => sent.destroy(new Error(`nothing came in ${PATIENCE_MS} ms`)));
      sent.on('error', broken);
      sent.end(body);
    });
};
