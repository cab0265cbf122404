import { memoryTrackingStore } from '#adapters/memory/memory-tracking-store.ts';
import { systemIds } from '#adapters/system/system.ts';
import type { MetricPoint, RunBatch } from '#contracts/tracking.ts';
import { createRun, ensureExperiment, logBatch } from '#core/tracking/index.ts';

/** Everything the verbs need, in memory; every look at the clock is a millisecond later. */
export const makeWorld = () => {
  const published: unknown[] = [];
  let now = 1_700_000_000_000;
  return {
    tracking: memoryTrackingStore(),
    clock: { now: () => new Date(now++) },
    ids: systemIds,
    artifactBucket: 'artifacts',
    events: { publish: async (name: string, detail: unknown) => void published.push([name, detail]) } as never,
    published,
  };
};
export type World = ReturnType<typeof makeWorld>;

export const batchOf = (given: Partial<RunBatch>): RunBatch => ({ metrics: [], params: {}, tags: {}, ...given });
export const metric = (key: string, value: number, step: MetricPoint['step'] = 0): MetricPoint => ({
  key,
  value,
  step,
  timestampMs: 1_700_000_000_000,
});

/** An experiment with runs 0, 1, 2… of which run i has the metric auc = i/10 and the param i. */
export const withRuns = async (world: World, count: number, name = 'churn') => {
  const { experimentId } = await ensureExperiment(world, { name });
  const runIds: string[] = [];
  for (let i = 0; i < count; i++) {
    const { info } = await createRun(world, { experimentId, runName: `r${i}`, startTimeMs: 1_000 + i });
    await logBatch(world, info.runId, batchOf({ metrics: [metric('auc', i / 10)], params: { i: String(i) } }));
    runIds.push(info.runId);
  }
  return { experimentId, runIds };
};
