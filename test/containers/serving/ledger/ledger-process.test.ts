import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FirehoseAway, firehoseAway } from '../firehose-away.ts';
import { batch, customer, until } from '../serving-fakes.ts';
import { explainedFolder } from './explained-folder.ts';
import { type FolderTask, type FolderTaskOptions, folderTask } from './folder-task.ts';

let cacheDir: string;
let firehose: FirehoseAway;
let task: FolderTask | undefined;

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'serving-ledger-'));
  firehose = await firehoseAway();
});
afterEach(async () => {
  await task?.end('SIGKILL');
  await firehose.stop();
  await rm(cacheDir, { recursive: true, force: true });
});

const start = async (options: Partial<FolderTaskOptions> = {}): Promise<FolderTask> => {
  task = await folderTask({ firehose, cacheDir, ...options });
  return task;
};
const missing = (ids: readonly string[]): string[] => ids.filter((id) => !firehose.ids.has(id));

/** So many rows at once; answers the ids, none when the batch is refused. */
const predictMany = async ({ port }: FolderTask, count: number): Promise<string[]> => {
  const rows = Array.from({ length: count }, (_, n) => ({ customer_id: `c-${n}`, ...customer }));
  const { json } = await batch(port, { rows });
  const predictions: { prediction_id?: string }[] = json.predictions ?? [];
  return predictions.flatMap(({ prediction_id }) => prediction_id ?? []);
};

describe('the ledger of a serving process', () => {
  it('outlasts a stream that is away for as long as the disk holds, refuses predictions rather than lose one, and recovers', async () => {
    firehose.isAway = true;
    const serving = await start({ environment: { LEDGER_SPOOL_MIB: '1' } });
    const ids: string[] = [];
    for (let round = 0; round < 40 && (await serving.metric('refused_total')) === 0; round += 1)
      ids.push(...(await predictMany(serving, 200)));
    expect(await serving.predict('c-1')).toMatchObject({
      status: 503,
      code: 'LEDGER_FULL',
      retryAfter: expect.any(String),
    });
    expect(ids.length).toBeGreaterThan(1_000);
    firehose.isAway = false;
    await until(async () => (await serving.predict('c-1')).status === 200, 60);
    await until(() => missing(ids).length === 0, 60);
    expect([await serving.metric('lost_total'), missing(ids)]).toEqual([0, []]);
  }, 180_000);

  it('is not slowed by a slow stream, and ends within its time with the rest on disk for the next', async () => {
    firehose.delayMs = 1_500;
    const serving = await start({ environment: { DRAIN_SECONDS: '2' } });
    const ids: string[] = [];
    for (let round = 0; round < 30; round += 1) ids.push(...(await predictMany(serving, 300)));
    expect(await serving.end()).toBe(0);
    firehose.delayMs = 0;
    await start();
    await until(() => missing(ids).length === 0, 60);
    expect(missing(ids)).toEqual([]);
  }, 180_000);

  it('goes from memory straight to the stream while the disk takes nothing at all', async () => {
    const serving = await start({ before: "trap '' XFSZ; ulimit -f 0;" });
    const ids = await predictMany(serving, 50);
    expect(ids).toHaveLength(50);
    await until(() => missing(ids).length === 0, 60);
    expect(serving.output()).toContain('lines wait in memory');
    firehose.isAway = true;
    const late = await predictMany(serving, 10);
    await serving.end();
    expect([missing(late).length, serving.output()]).toEqual([10, expect.stringContaining('"records":10')]);
  }, 180_000);

  it('explains every prediction on its way, and the answers did not wait for it', async () => {
    const modelDir = join(cacheDir, 'model');
    await explainedFolder(modelDir);
    const serving = await start({ modelDir });
    const ids = await predictMany(serving, 40);
    await until(() => missing(ids).length === 0, 60);
    for (const id of ids) {
      const { explanation, probability, ...record } = firehose.records.get(id)!;
      expect(record).not.toHaveProperty('explain_by');
      expect(explanation).toMatchObject({ method: 'sampled', of: 'probability', output: 'churns' });
      const sum = Object.values(explanation?.values ?? {}).reduce((a, b) => a + b, explanation?.expected ?? 0);
      expect(sum).toBeCloseTo(explanation?.explained ?? Number.NaN, 5);
      expect(explanation?.explained).toBeCloseTo(probability ?? Number.NaN, 5);
    }
    expect([await serving.metric('explained_total'), await serving.metric('unexplained_total')]).toEqual([40, 0]);
  }, 180_000);
});
