import { describe, expect, it } from '@jest/globals';
import { type TrainingProgress, trainingFiles } from '#contracts/training.ts';
import { deleteRun, getMetricHistory } from '#core/tracking/index.ts';
import { logProgress } from '#core/training/index.ts';
import { type Prepared, prepared } from './_prepared.ts';
import { resultOf } from './_world.ts';

const finished = [
  { number: 0, score: 0.8, best: 0.8 },
  { number: 1, score: 0.85, best: 0.85 },
  { number: 2, score: null, best: 0.85 },
];
const progressOf = (p: Prepared, count: number, elapsedSeconds: number): TrainingProgress => ({
  ...{ runId: p.childId('xgboost'), candidate: 'xgboost', metric: 'roc_auc', trials: 10, elapsedSeconds },
  finished: finished.slice(0, count),
});
const tell = (p: Prepared, count: number, elapsedSeconds = count) => tellRaw(p, progressOf(p, count, elapsedSeconds));
const uriOf = (p: Prepared) => `${p.outputUri('xgboost')}${trainingFiles.progress}`;
const tellRaw = async (p: Prepared, content: unknown) => {
  await p.leave('xgboost', trainingFiles.progress, content);
  return logProgress(p.world.deps, uriOf(p));
};
const historyOf = async (p: Prepared, key: string) => {
  const query = { runId: p.childId('xgboost'), key, maxResults: 100 };
  return (await getMetricHistory(p.world.deps.tracking, query)).items;
};
const shown = async (p: Prepared, key: string) => (await historyOf(p, key)).map(({ step, value }) => [step, value]);

describe('logProgress', () => {
  it('shows each trial once, however often and late it is told, and what the result says is the same', async () => {
    const p = await prepared();
    for (const count of [1, 1, 3, 2, 3]) await tell(p, count);
    const live = await historyOf(p, 'best_score');
    expect(await shown(p, 'trial_score')).toEqual([
      [0, 0.8],
      [1, 0.85],
    ]);
    expect(live.map(({ step, value }) => [step, value])).toEqual([
      [0, 0.8],
      [1, 0.85],
      [2, 0.85],
    ]);
    expect(await shown(p, 'elapsed_seconds')).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    await p.leave('xgboost', trainingFiles.result, resultOf('xgboost'));
    await p.choose([p.outcome('xgboost')]);
    await tell(p, 3);
    expect(await historyOf(p, 'best_score')).toEqual(live);
    expect(await shown(p, 'trial_score')).toHaveLength(2);
    expect((await p.child('xgboost')).info.status).toBe('FINISHED');
  });

  it('shows how long it takes before the first trial ends', async () => {
    const p = await prepared();
    await tell(p, 0, 4.5);
    expect(await shown(p, 'elapsed_seconds')).toEqual([[0, 4.5]]);
    expect(await shown(p, 'best_score')).toEqual([]);
  });

  it('adds nothing to a run that has ended, however it did', async () => {
    const p = await prepared();
    await tell(p, 1);
    await p.choose([p.outcome('xgboost', 'spot')]).catch(() => undefined);
    await tell(p, 3, 60);
    expect(await shown(p, 'elapsed_seconds')).toEqual([[1, 1]]);
    expect(await shown(p, 'best_score')).toEqual([[0, 0.8]]);
  });

  it('says nothing of a run that is gone or deleted, and of a file that is gone', async () => {
    const p = await prepared();
    await expect(logProgress(p.world.deps, uriOf(p))).resolves.toBeUndefined();
    await tellRaw(p, { ...progressOf(p, 1, 1), runId: 'f'.repeat(32) });
    await deleteRun(p.world.deps.tracking, p.childId('xgboost'));
    await tell(p, 1);
    expect(await shown(p, 'best_score')).toEqual([]);
  });

  it("takes no one's word but the task's: whoever keeps a file of that name changes no run by it", async () => {
    const p = await prepared();
    await tellRaw(p, { accuracy: 0.9 });
    await p.leave('lightgbm', trainingFiles.progress, progressOf(p, 1, 1));
    await logProgress(p.world.deps, `${p.outputUri('lightgbm')}${trainingFiles.progress}`);
    await p.leave('xgboost', `mine/${trainingFiles.progress}`, progressOf(p, 1, 1));
    await logProgress(p.world.deps, `${p.outputUri('xgboost')}mine/${trainingFiles.progress}`);
    expect(await shown(p, 'best_score')).toEqual([]);
  });
});
