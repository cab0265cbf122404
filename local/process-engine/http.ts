import type { IncomingMessage, ServerResponse } from 'node:http';

/** One call to the engine, its path already taken apart. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The part of the path that names a container or an image; empty when there is none. */
  readonly name: string;
  readonly query: URLSearchParams;
}

/** A failure that Docker has a status for; its message reaches the client. */
export class DockerError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const sendJson = ({ response }: Call, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

export const sendNothing = ({ response }: Call, status = 204): void => {
  response.writeHead(status).end();
};

const LARGEST_BODY = 4 * 1024 * 1024;

export const readJson = async ({ request }: Call): Promise<unknown> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LARGEST_BODY) throw new DockerError(413, `the body is larger than ${LARGEST_BODY} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
  } catch {
    throw new DockerError(400, 'the body is not JSON');
  }
};

export const isOn = (query: URLSearchParams, name: string): boolean =>
  ['1', 'true', 'True'].includes(query.get(name) ?? '');

/** Whole seconds of the query in milliseconds; Docker waits 10 s unless told. */
export const graceOf = (query: URLSearchParams): number => {
  const seconds = Number(query.get('t') ?? 10);
  return (Number.isFinite(seconds) && seconds >= 0 ? seconds : 10) * 1_000;
};
