import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ask, customer, until } from './serving-fakes.ts';
import { type ServingProcess, servingProcess } from './serving-process.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/serving-model');
const CALLERS = 16;

let folder: string;
let tasks: ServingProcess[];

/** Lays another version into the folder while it is served: each file is whole, the two of them not at once. */
const lay = async (version: 'v1' | 'v2'): Promise<void> => {
  await mkdir(join(folder, 'model'), { recursive: true });
  for (const file of ['model.onnx', 'serving.json']) {
    await copyFile(join(fixtures, version, file), join(folder, file));
    await rename(join(folder, file), join(folder, 'model', file));
  }
};

const startTask = async (number = 0): Promise<ServingProcess> => {
  const environment = { MODEL_DIR: join(folder, 'model'), CACHE_DIR: join(folder, `cache-${number}`) };
  return servingProcess({ environment });
};

/** What a caller got: a status, or the error that broke its connection. */
type Outcome = number | string;

const predictBy = (agent: Agent, port: number, id: string) =>
  new Promise<{ readonly outcome: Outcome; readonly text: string }>((resolve) => {
    const headers = { 'content-type': 'application/json' };
    const broken = (error: NodeJS.ErrnoException): void => resolve({ outcome: String(error.code), text: '' });
    const sent = httpRequest({ host: '127.0.0.1', port, path: '/predict', method: 'POST', agent, headers }, (reply) => {
      reply.on('error', broken);
      let text = '';
      reply.on('data', (chunk) => {
        text += chunk;
      });
      reply.on('end', () => resolve({ outcome: reply.statusCode ?? 0, text }));
    });
    sent.on('error', broken);
    sent.end(JSON.stringify({ customer_id: id, ...customer }));
  });

/**
 * Callers on kept-alive connections behind what a load balancer is: it looks at /ready again and again and sends each
 * request to a task that was well when it looked. Answers every outcome, with how often it was met, when it is stopped.
 */
const balanced = (ports: readonly number[], onAnswer: (text: string) => void = () => {}) => {
  const agents = new Map(ports.map((port) => [port, new Agent({ keepAlive: true })]));
  const well = new Set(ports);
  const outcomes = new Map<Outcome, number>();
  let isOver = false;
  const look = async (port: number): Promise<void> => {
    while (!isOver) {
      const { status } = await ask(port, '/ready').catch(() => ({ status: 0 }));
      if (status === 200) well.add(port);
      else well.delete(port);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const call = async (caller: number): Promise<void> => {
    for (let turn = 0; !isOver; turn += 1) {
      const now = [...well];
      const port = now[turn % now.length] ?? ports[0]!;
      const { outcome, text } = await predictBy(agents.get(port)!, port, `c-${caller}-${turn}`);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      onAnswer(text);
    }
  };
  const working = Promise.all([...ports.map(look), ...Array.from({ length: CALLERS }, (_, caller) => call(caller))]);
  return {
    answers: () => outcomes.get(200) ?? 0,
    stop: async () => {
      isOver = true;
      await working;
      for (const agent of agents.values()) agent.destroy();
      return Object.fromEntries(outcomes);
    },
  };
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serving-lossless-'));
  tasks = [];
  await lay('v1');
});
afterEach(async () => {
  for (const task of tasks) await task.end('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

describe('no request is lost', () => {
  it('when versions are swapped under load, again and again', async () => {
    tasks = [await startTask()];
    const { port } = tasks[0]!;
    const probabilities = new Set<number>();
    const load = balanced([port], (text) => probabilities.add(JSON.parse(text).probability));
    for (const [swap, version] of (['v2', 'v1', 'v2', 'v1'] as const).entries()) {
      const revision = async (): Promise<number> => (await ask(port, '/health/churn')).json.revision;
      const before = await revision();
      await lay(version);
      await until(async () => (await revision()) > before);
      const from = load.answers();
      await until(() => load.answers() > from + 100);
      expect(probabilities.size).toBe(Math.min(2, swap + 2));
    }
    const outcomes = await load.stop();
    expect(Object.keys(outcomes)).toEqual(['200']);
    expect(outcomes[200]).toBeGreaterThan(400);
  }, 90_000);

  it('when one of two tasks is told to end, behind connections that are kept alive', async () => {
    tasks = [await startTask(0), await startTask(1)];
    const load = balanced(tasks.map(({ port }) => port));
    await until(() => load.answers() > 200);
    const [leaving] = tasks;
    const code = await leaving!.end();
    const from = load.answers();
    await until(() => load.answers() > from + 100);
    const outcomes = await load.stop();
    expect([code, Object.keys(outcomes)]).toEqual([0, ['200']]);
  }, 90_000);
});
