import { describe, expect, it } from '@jest/globals';
import { memoryTrackingStore } from '#adapters/memory/memory-tracking-store.ts';
import { systemClock, systemIds } from '#adapters/system/system.ts';
import {
  createLoggedModel,
  createRun,
  deleteRun,
  editLoggedModelTag,
  editRunTag,
  getRun,
} from '#core/tracking/index.ts';

const tracking = memoryTrackingStore();
const deps = { tracking, clock: systemClock, ids: systemIds, artifactBucket: 'b' };
const newRun = async () => (await createRun(deps, { experimentId: '0' })).info.runId;
const count = { key: 'n', edit: (was: string | undefined) => String(Number(was ?? 0) + 1) };

describe('editing a tag', () => {
  it('loses nothing of those who do it at once', async () => {
    const runId = await newRun();
    await Promise.all(Array.from({ length: 30 }, () => editRunTag(deps, runId, count)));
    expect((await getRun(deps, runId)).tags.n).toBe('30');
    const { modelId } = await createLoggedModel(deps, { experimentId: '0' });
    await Promise.all(Array.from({ length: 30 }, () => editLoggedModelTag(deps, modelId, count)));
    expect((await tracking.findLoggedModel(modelId))?.tags.n).toBe('30');
  });

  it('leaves it alone when that is wanted', async () => {
    const runId = await newRun();
    await editRunTag(deps, runId, { key: 'n', edit: () => undefined });
    expect((await getRun(deps, runId)).tags).not.toHaveProperty('n');
  });

  it('ends when somebody is always faster', async () => {
    const runId = await newRun();
    const busy = { tracking: { ...tracking, swapRunTag: async () => false } };
    await expect(editRunTag(busy, runId, count)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('is for runs that may be written, and values that fit', async () => {
    const runId = await newRun();
    const long = { key: 'n', edit: () => 'x'.repeat(8_001) };
    await expect(editRunTag(deps, runId, long)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await deleteRun(deps, runId);
    await expect(editRunTag(deps, runId, count)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await expect(editRunTag(deps, 'none', count)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await expect(editLoggedModelTag(deps, 'm-none', count)).rejects.toMatchObject({ code: 'LOGGED_MODEL_NOT_FOUND' });
  });
});
