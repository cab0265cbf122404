import { beforeEach, describe, expect, it } from '@jest/globals';
import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import { memoryTrackingStore } from '#adapters/memory/memory-tracking-store.ts';
import { systemClock, systemDigest, systemIds } from '#adapters/system/system.ts';
import { registerRunModel } from '#core/registry/index.ts';
import { createRun, ensureExperiment, finishRun } from '#core/tracking/index.ts';

const world = () => {
  const published: { name: string; detail: unknown }[] = [];
  return {
    published,
    tracking: memoryTrackingStore(),
    registry: memoryRegistryStore(),
    clock: systemClock,
    ids: systemIds,
    digest: systemDigest,
    artifactBucket: 'artifacts',
    events: { publish: async (name: string, detail: unknown) => void published.push({ name, detail }) } as never,
  };
};
let deps: ReturnType<typeof world>;
let experimentId: string;
beforeEach(async () => {
  deps = world();
  ({ experimentId } = await ensureExperiment(deps, { name: 'churn' }));
});

const run = async (tags: Record<string, string>, status: 'FINISHED' | 'FAILED' | 'KILLED' = 'FINISHED') => {
  const { info } = await createRun(deps, { experimentId, runName: 'r', userId: 'ann', tags });
  await finishRun({ ...deps, events: { publish: async () => undefined } }, info.runId, { status });
  return info.runId;
};
const register = (runId: string, tags = {}) => registerRunModel(deps, { name: 'churn', runId, tags, by: 'ann' });

describe('registerRunModel', () => {
  it('registers a version that is not rolled out by itself', async () => {
    const runId = await run({ project: 'churn' });
    await register(runId);
    expect(deps.published).toEqual([
      { name: 'VersionRegistered', detail: { project: 'churn', model: 'churn', version: 1, runId, rollout: false } },
    ]);
  });

  it('takes the data sets from the run, else from its parent, never from the request', async () => {
    const parent = await run({ referenceDatasetId: 'r1', projectVersion: '3', trainingDatasetId: 'old' });
    const runId = await run({ 'mlflow.parentRunId': parent, project: 'churn', trainingDatasetId: 't1' });
    const { tags } = await register(runId, { referenceDatasetId: 'forged', project: 'fraud', owner: 'ann' });
    expect(tags).toEqual({
      owner: 'ann',
      project: 'churn',
      projectVersion: '3',
      trainingDatasetId: 't1',
      referenceDatasetId: 'r1',
    });
  });

  it('refuses what the gate refused, also by way of the parent', async () => {
    const parent = await run({ gate: 'refused' }, 'FAILED');
    await expect(register(parent)).rejects.toMatchObject({ code: 'GATE_NOT_MET' });
    const child = await run({ 'mlflow.parentRunId': parent });
    await expect(register(child)).rejects.toMatchObject({
      code: 'GATE_NOT_MET',
      message: expect.stringContaining('train a better one'),
    });
    expect(deps.published).toEqual([]);
  });

  it.each(['FAILED', 'KILLED'] as const)('refuses a run that ended %s', async (status) => {
    await expect(register(await run({ 'failure.reason': 'out of memory' }, status))).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('out of memory'),
    });
  });

  it('takes a child of a parent that failed for another reason', async () => {
    const parent = await run({}, 'FAILED');
    expect(await register(await run({ 'mlflow.parentRunId': parent }))).toMatchObject({ version: 1 });
  });
});
