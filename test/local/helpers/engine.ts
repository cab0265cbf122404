import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProcessEngine, startProcessEngine } from '#local/process-engine/server.ts';
import { birthOf } from '#local/process-records.ts';

export interface Reply {
  readonly status: number;
  readonly body: Buffer;
  json(): Record<string, never> & { [name: string]: unknown };
}

export interface Bench extends ProcessEngine {
  readonly root: string;
  readonly runFolder: string;
  call(method: string, path: string, body?: unknown): Promise<Reply>;
  /** Creates a container that runs a shell script, and answers its id. */
  shell(script: string, more?: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

const callSocket =
  (socketPath: string, method: string, path: string) =>
  (body?: unknown): Promise<Reply> =>
    new Promise((done, fail) => {
      const call = request({ socketPath, method, path: `/v1.43${path}` }, async (reply) => {
        const chunks: Buffer[] = [];
        for await (const chunk of reply) chunks.push(chunk as Buffer);
        const bytes = Buffer.concat(chunks);
        done({ status: reply.statusCode ?? 0, body: bytes, json: () => JSON.parse(bytes.toString('utf8')) });
      });
      call.once('error', fail);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });

/** A process engine over a checkout of its own with one image, `probe`. */
export const startBench = async (): Promise<Bench> => {
  const root = mkdtempSync(join(tmpdir(), 'bench-'));
  const folder = join(root, 'containers', 'probe');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'Dockerfile'), 'FROM x\nWORKDIR /app/containers/probe\nENV WHERE=/app\nCMD ["pwd"]\n');
  const runFolder = join(root, 'run');
  const engine = await startProcessEngine({
    root,
    containers: join(root, 'containers'),
    logs: join(root, 'logs'),
    runFolder,
    socketParent: root,
    baseEnv: async () => ({ PATH: process.env.PATH ?? '' }),
  });
  const call: Bench['call'] = (method, path, body) => callSocket(engine.socketPath, method, path)(body);
  const shell: Bench['shell'] = async (script, more = {}) => {
    const spec = { Image: 'mlops-platform/probe:local', Cmd: ['sh', '-c', script], ...more };
    const reply = await call('POST', '/containers/create', spec);
    return String(reply.json().Id);
  };
  const close = async (): Promise<void> => {
    await engine.stop();
    rmSync(root, { recursive: true, force: true });
  };
  return { ...engine, root, runFolder, call, shell, close };
};

/** Takes Docker's frames apart: [stream, text]. */
export const unframe = (bytes: Buffer): [number, string][] => {
  const found: [number, string][] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    found.push([bytes.readUInt8(at), bytes.subarray(at + 8, at + 8 + length).toString('utf8')]);
    at += 8 + length;
  }
  return found;
};

/** Whether a process lives; one that has ended but that nobody has collected yet does not. */
export const lives = (pid: number): boolean => birthOf(pid) !== undefined;
