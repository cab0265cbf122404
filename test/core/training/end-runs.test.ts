import { expect, it } from '@jest/globals';
import { memoryTrackingStore } from '#adapters/memory/memory-tracking-store.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { createRun, ensureExperiment, finishRun } from '#core/tracking/index.ts';
import { childRunId, endRuns, parentRunId } from '#core/training/index.ts';

it('ends what an execution left running, and leaves what has ended', async () => {
  const store = memoryTrackingStore();
  const tracking = { tracking: store, clock: systemClock, ids: systemIds, artifactBucket: 'artifacts' };
  const { experimentId } = await ensureExperiment(tracking, { name: 'churn' });
  const parent = parentRunId(systemDigest, 'e1');
  const [running, finished, foreign] = [
    childRunId(systemDigest, 'e1', 'lightgbm'),
    childRunId(systemDigest, 'e1', 'xgboost'),
    childRunId(systemDigest, 'e2', 'lightgbm'),
  ];
  for (const runId of [parent, running, finished, foreign])
    await createRun(tracking, { experimentId, runId, runName: 'r', userId: 'u' });
  await finishRun(tracking, finished, { status: 'FINISHED' });

  const ended = { execution: 'e1', status: 'KILLED' } as const;
  await endRuns({ tracking, digest: systemDigest }, ended);
  await endRuns({ tracking, digest: systemDigest }, ended);
  const statusOf = async (runId: string) => (await store.findRunInfo(runId))?.status;
  expect(await Promise.all([parent, running, finished, foreign].map(statusOf))).toEqual([
    'KILLED',
    'KILLED',
    'FINISHED',
    'RUNNING',
  ]);
  expect((await store.findRunInfo(running))?.endTimeMs).toBeGreaterThan(0);
});
