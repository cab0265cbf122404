import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chooseFreePort } from '#local/ports.ts';
import { type FirehoseAway, firehoseAway } from './firehose-away.ts';
import { ask, customer, predict, until } from './serving-fakes.ts';

const root = join(import.meta.dirname, '../../..');
const ASKERS = 20;
let cacheDir: string;
let firehose: FirehoseAway;
let port: number;
let task: ChildProcess;

/** The task as a process, serving a model folder; always in the same cache folder, as on one machine. */
const startTask = async (drainSeconds = 10): Promise<void> => {
  task = spawn('node', ['containers/serving/start.mjs'], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_FIREHOSE: firehose.url,
      MODEL_DIR: 'test/fixtures/serving-model/v1',
      LEDGER_STREAM_NAME: 'ledger',
      PORT: String(port),
      HOST_ADDRESS: '127.0.0.1',
      CACHE_DIR: cacheDir,
      DRAIN_SECONDS: String(drainSeconds),
    },
    stdio: 'ignore',
  });
  await until(async () => (await ask(port, '/ready').catch(() => ({ status: 0 }))).status === 200, 60);
};

/** Ids of what was answered while many ask without pause, until `isOver`: what breaks is no answer. */
const answered = async (isOver: () => boolean, onAnswer: (count: number) => void): Promise<string[]> => {
  const ids: string[] = [];
  const asker = async (number: number): Promise<void> => {
    for (let turn = 0; !isOver(); turn += 1) {
      const body = { customer_id: `c-${number}-${turn}`, ...customer };
      const reply = await predict(port, body).catch(() => undefined);
      if (reply?.status !== 200) continue;
      ids.push(reply.json.prediction_id);
      onAnswer(ids.length);
    }
  };
  await Promise.all(Array.from({ length: ASKERS }, (_, number) => asker(number)));
  return ids;
};

const ended = async (): Promise<number | null> => {
  if (task.exitCode === null && task.signalCode === null) await once(task, 'exit');
  return task.exitCode;
};
const isEnded = (): boolean => task.exitCode !== null || task.signalCode !== null;
const missing = (ids: readonly string[]): string[] => ids.filter((id) => !firehose.ids.has(id));

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'serving-killed-'));
  firehose = await firehoseAway();
  port = await chooseFreePort({ preferred: 20_000 + Math.floor(Math.random() * 20_000) });
});
afterEach(async () => {
  if (!isEnded()) task.kill('SIGKILL');
  await ended();
  await firehose.stop();
  await rm(cacheDir, { recursive: true, force: true });
});

describe('a serving task under load', () => {
  it('that is killed while Firehose is away loses no record of an answer: the next task on the machine ships them', async () => {
    firehose.isAway = true;
    await startTask();
    const ids = await answered(isEnded, (count) => void (count === 200 && task.kill('SIGKILL')));
    await ended();
    expect(ids.length).toBeGreaterThanOrEqual(200);
    expect(firehose.ids.size).toBe(0);
    firehose.isAway = false;
    await startTask();
    await until(() => missing(ids).length === 0, 60);
    expect(missing(ids)).toEqual([]);
  });

  it('that is told to end ships what it answered before it ends with 0', async () => {
    // Shipping has a lower priority: beside other work it takes as long as it takes.
    await startTask(120);
    const ids = await answered(isEnded, (count) => void (count === 200 && task.kill('SIGTERM')));
    expect(await ended()).toBe(0);
    expect(ids.length).toBeGreaterThanOrEqual(200);
    expect(missing(ids)).toEqual([]);
  });

  it('that is told to end while Firehose is away leaves what it answered to the next one', async () => {
    firehose.isAway = true;
    await startTask();
    const ids = await answered(isEnded, (count) => void (count === 50 && task.kill('SIGTERM')));
    expect(await ended()).toBe(0);
    expect(firehose.ids.size).toBe(0);
    firehose.isAway = false;
    await startTask();
    await until(() => missing(ids).length === 0, 60);
    expect(missing(ids)).toEqual([]);
  });
});
