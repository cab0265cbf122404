import { beforeEach, describe, expect, it } from '@jest/globals';
import type { PipelineRun } from '#contracts/pipelines.ts';
import {
  materializationProgress,
  materializeShard,
  planMaterialization,
  startMaterialization,
} from '#core/features/index.ts';
import type { PipelineEngine } from '#core/pipelines/index.ts';
import { type MaterializeWorld, materializeWorld, now, orders, someSourceView } from './_world.ts';

interface Started {
  readonly name: string;
  readonly input: unknown;
}

/** Executions that run until they are told to end. */
const executions = () => {
  const started: Started[] = [];
  const statuses = new Map<string, PipelineRun['status']>();
  const engine: PipelineEngine = {
    start: async (_, name, input) => {
      started.push({ name, input });
      statuses.set(name, 'RUNNING');
    },
    describe: async (_, name) => {
      const status = statuses.get(name);
      return status && { status, startedAt: now, input: {} };
    },
    history: async () => [],
  };
  return { engine, started, end: (name: string) => statuses.set(name, 'SUCCEEDED') };
};

const worldOf = async () => {
  const views = [someSourceView('buying'), someSourceView('paying'), someSourceView('hidden', { online: false })];
  const world = await materializeWorld(views);
  const runs = executions();
  let ids = 0;
  const names = { ulid: () => `01${++ids}`, hex32: () => '' };
  const deps = { definitions: world.deps.definitions, log: world.deps.log, pipelines: runs.engine, ids: names };
  return { world, runs, deps };
};

describe('startMaterialization', () => {
  let world: Awaited<ReturnType<typeof worldOf>>;
  beforeEach(async () => {
    world = await worldOf();
  });

  it('starts the pipeline for every online view, with times in UTC', async () => {
    const request = { project: 'shop', start: '2026-02-01T01:00:00+01:00', end: '2026-03-01T00:00:00Z' };
    expect(await startMaterialization(world.deps, request)).toEqual({
      status: 'started',
      project: 'shop',
      featureViews: ['buying', 'paying'],
      runId: 'materialization.011',
    });
    const times = { start: '2026-02-01T00:00:00.000Z', end: '2026-03-01T00:00:00.000Z' };
    expect(world.runs.started).toEqual([{ name: '011', input: { project: 'shop', ...times } }]);
  });

  it('finds the project by a view, or because there is no other', async () => {
    const found = await startMaterialization(world.deps, { featureViews: ['paying'] });
    expect(found).toMatchObject({ project: 'shop', featureViews: ['paying'] });
    expect(world.runs.started[0]?.input).toEqual({ project: 'shop', featureViews: ['paying'] });
    expect(await startMaterialization(world.deps, { featureViews: ['buying'] })).toMatchObject({ project: 'shop' });
    await world.deps.definitions.save({ ...someSourceView('visits'), project: 'fraud' });
    await expect(startMaterialization(world.deps, {})).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('fraud, shop'),
    });
  });

  it('refuses a second one of a view while one runs, and not after', async () => {
    const first = await startMaterialization(world.deps, { project: 'shop' });
    await expect(startMaterialization(world.deps, { project: 'shop', featureViews: ['buying'] })).rejects.toMatchObject(
      {
        code: 'MATERIALIZATION_RUNNING',
        details: { project: 'shop', runId: first.runId },
      },
    );
    expect(world.runs.started).toHaveLength(1);
    world.runs.end('011');
    expect(await startMaterialization(world.deps, { project: 'shop' })).toMatchObject({ status: 'started' });
  });

  it('lets one of two that start at once', async () => {
    const both = [1, 2].map(() => startMaterialization(world.deps, { project: 'shop' }));
    const results = await Promise.allSettled(both);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(world.runs.started).toHaveLength(1);
  });

  it.each([
    ['TIMESTAMP_WITHOUT_ZONE', { project: 'shop', start: '2026-02-01T00:00:00' }],
    ['INVALID_REQUEST', { project: 'shop', start: '2026-02-02T00:00:00Z', end: '2026-02-01T00:00:00Z' }],
    ['INVALID_REQUEST', { project: 'shop', featureViews: ['hidden'] }],
    ['VIEW_NOT_FOUND', { project: 'shop', featureViews: ['nothing'] }],
    ['VIEW_NOT_FOUND', { featureViews: ['nothing'] }],
  ])('refuses with %s: %o, and starts nothing', async (code, request) => {
    await expect(startMaterialization(world.deps, request)).rejects.toMatchObject({ code });
    expect(world.runs.started).toEqual([]);
  });
});

describe('materializationProgress', () => {
  const progress = ({ deps }: Awaited<ReturnType<typeof worldOf>>, runId: string) =>
    materializationProgress(deps, runId);
  const fill = async (world: MaterializeWorld) => {
    Object.assign(world.deps, { valuesAShard: 10 });
    const rows = Array.from({ length: 40 }, (_, i) => [`C${i}`, now, now, i] as const);
    await world.put('orders/1.csv', orders(...rows));
  };

  it('counts shards and rows as they are done', async () => {
    const all = await worldOf();
    await fill(all.world);
    const { runId } = await startMaterialization(all.deps, { project: 'shop', featureViews: ['buying'] });
    const none = { shards: 0, shardsDone: 0, rows: 0, rowsDone: 0, written: 0, skippedOlder: 0, rowsPerSecond: 0 };
    expect(await progress(all, runId)).toEqual({ runId, status: 'RUNNING', ...none });
    const asked = { ...all.world.request({ featureViews: ['buying'] }), execution: '011' };
    const plan = await planMaterialization(all.world.deps, asked);
    const [first = 0, ...rest] = plan.shards;
    const done = await materializeShard(all.world.deps, { ...plan, shard: first });
    expect(await progress(all, runId)).toMatchObject({
      shards: plan.shards.length,
      shardsDone: 1,
      rows: 40,
      rowsDone: done.rows,
    });
    for (const shard of rest) await materializeShard(all.world.deps, { ...plan, shard });
    all.runs.end('011');
    const ended = { status: 'SUCCEEDED', shardsDone: plan.shards.length, rowsDone: 40, written: 40, skippedOlder: 0 };
    expect(await progress(all, runId)).toMatchObject(ended);
  });

  it.each(['materialization.nobody', 'training.011', '011', 'materialization.a/b'])(
    'knows no run %s',
    async (runId) => {
      await expect(progress(await worldOf(), runId)).rejects.toMatchObject({ code: 'PIPELINE_RUN_NOT_FOUND' });
    },
  );
});
