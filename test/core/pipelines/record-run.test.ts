import { describe, expect, it } from '@jest/globals';
import { memoryRunStore } from '#adapters/memory/memory-run-store.ts';
import type { PipelineRun } from '#contracts/pipelines.ts';
import { checkHealth, recordRun } from '#core/pipelines/index.ts';

const run: PipelineRun = {
  runId: 'training.x',
  pipeline: 'training',
  project: 'churn',
  status: 'RUNNING',
  startedAt: '2026-01-01T00:00:00.000Z',
  input: {},
  stages: [],
};
const world = () => {
  const told: unknown[] = [];
  const runs = memoryRunStore();
  const events = { publish: async (name: string, detail: unknown) => void told.push([name, detail]) };
  const notices = { send: async (subject: string) => void told.push(subject) };
  const ended: unknown[] = [];
  const endTracking = async (one: unknown) => void ended.push(one);
  return { told, ended, runs, events: events as never, notices, endTracking };
};

describe('recordRun', () => {
  it('keeps a running run and tells nobody', async () => {
    const deps = world();
    await recordRun(deps, run);
    expect((await deps.runs.list({ maxResults: 5 })).items).toEqual([run]);
    expect(deps.told).toEqual([]);
  });

  it.each(['FAILED', 'TIMED_OUT', 'ABORTED'] as const)(
    'tells the bus and people of a run that ended %s',
    async (status) => {
      const deps = world();
      await recordRun(deps, {
        ...run,
        status,
        cause: 'x'.repeat(300_000),
        ...(status === 'FAILED' && { error: 'GATE_NOT_MET' }),
      });
      const error = status === 'FAILED' ? 'GATE_NOT_MET' : status;
      const detail = { project: 'churn', pipeline: 'training', runId: 'training.x', error, cause: 'x'.repeat(4_000) };
      expect(deps.told).toEqual([['PipelineFailed', detail], 'training of churn failed']);
    },
  );

  it('ends the tracking runs of a training that did not succeed, and of nothing else', async () => {
    const deps = world();
    for (const status of ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const)
      await recordRun(deps, { ...run, runId: `training.${status}`, status });
    await recordRun(deps, { ...run, runId: 'data.x', pipeline: 'data', status: 'FAILED' });
    expect(deps.ended).toEqual([
      { execution: 'FAILED', status: 'FAILED' },
      { execution: 'TIMED_OUT', status: 'FAILED' },
      { execution: 'ABORTED', status: 'KILLED' },
    ]);
  });

  it('tells people of a training that succeeded', async () => {
    const deps = world();
    await recordRun(deps, { ...run, status: 'SUCCEEDED' });
    expect(deps.told).toEqual(['training of churn succeeded']);
  });

  it('stores nothing before a failure was told, so that the next try tells it', async () => {
    const deps = world();
    const notices = { send: async () => Promise.reject(new Error('no topic')) };
    await expect(recordRun({ ...deps, notices }, { ...run, status: 'FAILED' })).rejects.toThrow('no topic');
    expect((await deps.runs.list({ maxResults: 5 })).items).toEqual([]);
  });
});

describe('checkHealth', () => {
  it('is degraded as soon as one component does not answer, and says which', async () => {
    const lost = async () => Promise.reject(Object.assign(new Error('x'), { name: 'AccessDeniedException' }));
    expect(await checkHealth({ a: async () => 1 })).toEqual({ status: 'healthy', components: { a: 'healthy' } });
    expect(await checkHealth({ a: async () => 1, b: lost })).toEqual({
      status: 'degraded',
      components: { a: 'healthy', b: 'unreachable: AccessDeniedException' },
    });
  });
});
