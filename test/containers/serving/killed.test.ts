import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FirehoseAway, firehoseAway } from './firehose-away.ts';
import { type FolderTask, folderTask } from './ledger/folder-task.ts';
import { customer, predict, until } from './serving-fakes.ts';

const ASKERS = 20;
/** Of a test that starts two tasks and waits for each: what is late says so before the test is cut off. */
const MOST_MS = 240_000;
let cacheDir: string;
let firehose: FirehoseAway;
let task: FolderTask;

/** Always in the same cache folder, as on one machine. */
const startTask = async (drainSeconds = 10): Promise<void> => {
  task = await folderTask({ firehose, cacheDir, environment: { DRAIN_SECONDS: String(drainSeconds) } });
};

/** Ids of what was answered while many ask the task without pause, until it ended: what breaks is no answer. */
const answered = async (onAnswer: (count: number) => void): Promise<string[]> => {
  const ids: string[] = [];
  const asker = async (number: number): Promise<void> => {
    for (let turn = 0; !task.isEnded(); turn += 1) {
      const body = { customer_id: `c-${number}-${turn}`, ...customer };
      const reply = await predict(task.port, body).catch(() => undefined);
      if (reply?.status !== 200) continue;
      ids.push(reply.json.prediction_id);
      onAnswer(ids.length);
    }
  };
  await Promise.all(Array.from({ length: ASKERS }, (_, number) => asker(number)));
  return ids;
};

const missing = (ids: readonly string[]): string[] => ids.filter((id) => !firehose.ids.has(id));

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'serving-killed-'));
  firehose = await firehoseAway();
});
afterEach(async () => {
  await task?.end('SIGKILL');
  await firehose.stop();
  await rm(cacheDir, { recursive: true, force: true });
});

describe('a serving task under load', () => {
  it.each([
    { what: 'is killed', signal: 'SIGKILL', after: 200, code: null },
    { what: 'is told to end', signal: 'SIGTERM', after: 50, code: 0 },
  ] as const)(
    'that $what while Firehose is away loses no record of an answer: the next task on the machine ships them',
    async ({ signal, after, code }) => {
      firehose.isAway = true;
      await startTask();
      const ids = await answered((count) => void (count === after && task.kill(signal)));
      expect(await task.ended()).toBe(code);
      expect(ids.length).toBeGreaterThanOrEqual(after);
      expect(firehose.ids.size).toBe(0);
      firehose.isAway = false;
      await startTask();
      await until(() => missing(ids).length === 0, 60);
      expect(missing(ids)).toEqual([]);
    },
    MOST_MS,
  );

  it(
    'that is told to end ships what it answered before it ends with 0',
    async () => {
      // Shipping has a lower priority: beside other work it takes as long as it takes.
      await startTask(120);
      const ids = await answered((count) => void (count === 200 && task.kill('SIGTERM')));
      expect(await task.ended()).toBe(0);
      expect(ids.length).toBeGreaterThanOrEqual(200);
      expect(missing(ids)).toEqual([]);
    },
    MOST_MS,
  );
});
