import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, jest } from '@jest/globals';
import { program } from '../../../cli/program.ts';

type Reply = unknown | ((body: unknown, query: URLSearchParams) => unknown);

/** An HTTP server that answers by path; a text is sent as it is, a missing path is MLflow's 404. */
export interface Platform {
  replies: Record<string, Reply>;
  readonly asked: { path: string; body: unknown; query: URLSearchParams }[];
  /** What went to stdout and to stderr. */
  readonly out: string[];
  readonly err: string[];
  mlp(...args: string[]): Promise<unknown>;
}

const bodyOf = async (request: AsyncIterable<Buffer>): Promise<unknown> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return parts.length === 0 ? undefined : JSON.parse(Buffer.concat(parts).toString());
};

const MISSING = { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'nothing there' };

/** A missing reply, or one that is a refusal itself. */
const refusalOf = (reply: unknown): { status: number; body: unknown } | undefined => {
  if (reply === undefined) return { status: 404, body: MISSING };
  const { status, body } = reply as { status?: unknown; body?: unknown };
  return typeof status === 'number' ? { status, body } : undefined;
};

const answer = async (platform: Platform, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? '', 'http://platform');
  const asked = { path: url.pathname, query: url.searchParams, body: await bodyOf(request) };
  platform.asked.push(asked);
  const found = platform.replies[asked.path];
  const reply = typeof found === 'function' ? found(asked.body, asked.query) : found;
  const refused = refusalOf(reply);
  response.writeHead(refused ? refused.status : 200);
  response.end(typeof reply === 'string' ? reply : JSON.stringify(refused ? refused.body : reply));
};

/** A platform of a test file's own, new for every test. */
export const somePlatform = (): Platform => {
  const environment = { ...process.env };
  let server: Server;
  const platform: Platform = {
    replies: {},
    asked: [],
    out: [],
    err: [],
    mlp: (...args) => program().parseAsync(['node', 'mlp', ...args]),
  };
  beforeEach(async () => {
    for (const list of [platform.asked, platform.out, platform.err]) list.length = 0;
    server = createServer((request, response) => void answer(platform, request, response)).listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const { port } = server.address() as AddressInfo;
    Object.assign(process.env, { MLP_API_URL: `http://127.0.0.1:${port}`, MLP_API_KEY: 'k' });
    jest.spyOn(console, 'log').mockImplementation((line: string) => void platform.out.push(line));
    jest.spyOn(console, 'error').mockImplementation((line: string) => void platform.err.push(line));
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => platform.out.push(String(text)) > 0);
  });
  afterEach(() => {
    process.env = { ...environment };
    process.exitCode = 0;
    jest.restoreAllMocks();
    server.closeAllConnections();
    server.close();
  });
  return platform;
};

export const [parent, first, second] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [string, string, string];
const point = ([key, value]: readonly [string, number], step = 0) => ({ key, value, step, timestampMs: 1 });

/** A run as the platform answers it. */
export const someRun = (
  runId: string,
  { metrics = {}, step = 0, ...more }: { metrics?: Record<string, number>; step?: number; [key: string]: unknown },
) => ({
  info: {
    runId,
    experimentId: '1',
    runName: 'run',
    userId: 'u',
    status: 'FINISHED',
    startTimeMs: 1,
    artifactUri: 's3://a/1',
    lifecycleStage: 'active',
  },
  metrics: Object.entries(metrics).map((one) => point(one, step)),
  params: {},
  tags: {},
  inputs: [],
  modelInputs: [],
  modelOutputs: [],
  ...more,
});
