import { describe, expect, it } from '@jest/globals';
import { memoryFeatureCatalog } from '#adapters/memory/memory-feature-catalog.ts';
import { memoryWatermarks } from '#adapters/memory/memory-watermarks.ts';
import { systemDigest, systemIds } from '#adapters/system/system.ts';
import { DefineFeatures } from '#contracts/features.ts';
import { appendOffline, applyDefinitions, defineFeatures, storeDataset } from '#core/features/index.ts';
import { isStale, type MeasuredView, measureDrift, measureViews } from '#core/monitoring/index.ts';
import { transitionStage } from '#core/registry/index.ts';
import { inputsOf, makeWorld } from '../_world.ts';

const at = new Date('2026-02-01T11:00:00Z');
const hoursAgo = (hours: number): Date => new Date(at.getTime() - hours * 3_600_000);

/** A project with a features data set, a model in Production, and what measuring works with. */
const world = async (overrides: object = {}) => {
  const { measure, datasets, engine, objects, ...rest } = await makeWorld(overrides);
  const definitions = memoryFeatureCatalog();
  const version = (await measure.projects.latest('churn'))!;
  const catalogDeps = { catalog: definitions, projects: measure.projects, digest: systemDigest, clock: datasets.clock };
  await applyDefinitions(catalogDeps, version);
  const watermarks = memoryWatermarks();
  const published: (readonly MeasuredView[])[] = [];
  const lookups = new Map<string, { lookups: number; found: number }>();
  const asked: { from: Date; to: Date }[] = [];
  const deps = {
    ...measure,
    definitions,
    watermarks,
    lookups: {
      sums: async (_: string, views: readonly string[], between: { from: Date; to: Date }) => {
        asked.push(between);
        return new Map([...lookups].filter(([view]) => views.includes(view)));
      },
    },
    metrics: { publish: async (views: readonly MeasuredView[]) => void published.push(views) },
  };
  const features = (moved: boolean, missing = 0) =>
    engine.open(async (tables) => {
      const rows = Array.from({ length: 2_000 }, (_, i) => {
        const { age, late, plan, time } = inputsOf(i, moved);
        return `('c-${i}', ${i < missing ? 'NULL' : age}, ${late}, ${plan === null ? 'NULL' : `'${plan}'`}, ${time})`;
      });
      const query = `SELECT * FROM (VALUES ${rows.join(',')}) t(customer_id, age, late, plan, time)`;
      const inputs = { datasets: [], files: [], parameters: { moved, missing } };
      const recipe = { kind: 'features', project: 'churn', inputs, codeVersion: 'test' } as const;
      return storeDataset(datasets, tables, { recipe, projectVersion: 1, step: 'build-features', query });
    });
  const promote = () =>
    transitionStage(
      { registry: measure.registry, clock: datasets.clock, ids: systemIds, digest: systemDigest },
      { name: 'churn', version: 1, stage: 'Production', archiveExisting: true, by: 'test', reason: 'test' },
    );
  return { ...rest, deps, catalogDeps, watermarks, published, lookups, asked, features, promote, objects };
};

const only = (views: readonly MeasuredView[], name: string): MeasuredView =>
  views.find(({ health }) => health.view === name)!;

describe('measureViews', () => {
  it('tells how old a view is, how often it was found, what is missing and what moved', async () => {
    const { deps, watermarks, lookups, features, promote, published } = await world();
    await features(true, 500);
    await promote();
    await watermarks.advance('churn', 'profile', hoursAgo(2).toISOString());
    lookups.set('profile', { lookups: 200, found: 150 });
    const measured = await measureViews(deps, { project: 'churn', at });
    expect(measured).toHaveLength(1);
    const [{ health, drift } = {} as MeasuredView] = measured;
    expect(health).toMatchObject({
      view: 'profile',
      version: 1,
      materializedUntil: hoursAgo(2).toISOString(),
      freshnessSeconds: 7_200,
      rowCount: 2_000,
      availability: 0.75,
      driftedFeatures: ['age', 'plan'],
    });
    expect(health.nullShare).toMatchObject({ age: 0.25, late: 0 });
    expect(drift.map(({ column }) => column)).toEqual(['age', 'late', 'plan', 'time']);
    expect(await deps.health.find('churn', 'profile')).toEqual(health);
    expect(published).toEqual([measured]);
  });

  it('finds no drift in what looks as it did, and judges none without a model in Production', async () => {
    const { deps, features, promote } = await world();
    await features(true);
    const before = await measureViews(deps, { project: 'churn', at });
    expect(only(before, 'profile')).toMatchObject({ drift: [], health: { driftedFeatures: [], rowCount: 2_000 } });
    await promote();
    await features(false);
    expect(only(await measureViews(deps, { project: 'churn', at }), 'profile').health.driftedFeatures).toEqual([]);
  });

  it('counts look-ups since the last measure', async () => {
    const { deps, asked, lookups } = await world();
    const first = await measureViews(deps, { project: 'churn', at: hoursAgo(1) });
    expect(only(first, 'profile').health).not.toHaveProperty('availability');
    lookups.set('profile', { lookups: 2, found: 1 });
    expect(only(await measureViews(deps, { project: 'churn', at }), 'profile').health.availability).toBe(0.5);
    expect(asked).toEqual([
      { from: hoursAgo(25), to: hoursAgo(1) },
      { from: hoursAgo(1), to: at },
    ]);
  });

  it('calls a view stale when all that is online is older than its ttl, and never one that holds for ever', async () => {
    const { deps, catalogDeps, watermarks } = await world();
    const define = (name: string, ttlDays: number) =>
      defineFeatures(catalogDeps, {
        request: DefineFeatures.parse({ project: 'churn', name, entity: 'user', features: ['x'], ttlDays }),
        by: 'ann',
      });
    await define('daily', 1);
    await define('for_ever', 0);
    for (const view of ['daily', 'for_ever']) await watermarks.advance('churn', view, hoursAgo(25).toISOString());
    const measured = await measureViews(deps, { project: 'churn', at });
    expect(measured.filter(isStale).map(({ health }) => health.view)).toEqual(['daily']);
  });

  it('holds the newest pushed rows of a view of its own against those before, and reads them again when more came', async () => {
    const { deps, catalogDeps, watermarks, objects } = await world({
      monitoring: { windowHours: 24, minimumRows: 50 },
    });
    const request = {
      project: 'churn',
      name: 'live',
      entity: 'user',
      features: ['x', { name: 'since', type: 'timestamp' }],
    };
    const view = await defineFeatures(catalogDeps, { request: DefineFeatures.parse(request), by: 'ann' });
    const push = (from: number, shift: number) =>
      appendOffline(
        { objects, digest: systemDigest },
        view,
        Array.from({ length: 400 }, (_, i) => ({
          key: { user_id: `u${i}` },
          values: { x: i % 4 === 0 ? null : (i % 10) + shift, since: 1_700_000_000 + i },
          event: hoursAgo(from + (i % 20)),
          created: hoursAgo(from + (i % 20)),
        })),
      );
    await push(30, 0);
    await push(1, 20);
    const { health } = only(await measureViews(deps, { project: 'churn', at }), 'live');
    expect(health).toMatchObject({ rowCount: 400, nullShare: { x: 0.25, since: 0 }, driftedFeatures: ['x'] });
    await watermarks.advance('churn', 'live', at.toISOString());
    await measureViews(deps, { project: 'churn', at });
    await push(2, 0);
    // Nothing was materialized since, so the last numbers stand.
    expect(only(await measureViews(deps, { project: 'churn', at }), 'live').health.rowCount).toBe(400);
    await watermarks.advance('churn', 'live', new Date(at.getTime() + 1).toISOString());
    expect(only(await measureViews(deps, { project: 'churn', at }), 'live').health.rowCount).toBe(800);
  });

  it('stands in the drift report and on its page', async () => {
    const { deps, objects, deploy } = await world();
    await deploy([1]);
    await measureViews(deps, { project: 'churn', at });
    const window = { windowStart: hoursAgo(1).toISOString(), windowEnd: at.toISOString() };
    const current = await deps.engine.open((tables) =>
      storeDataset({ ...deps.datasets, codeVersion: 'test' }, tables, {
        recipe: {
          kind: 'predictions',
          project: 'churn',
          inputs: { datasets: [], files: [], parameters: {} },
          codeVersion: 'test',
        },
        projectVersion: 1,
        step: 'collect',
        query: 'SELECT 1 AS age',
      }),
    );
    const run = {
      execution: 'run-1',
      startedAt: at.toISOString(),
      project: 'churn',
      projectVersion: 1,
      model: 'churn',
    };
    const { reportId } = await measureDrift(
      { ...deps, metrics: { publish: async () => undefined } },
      {
        ...run,
        modelVersion: 1,
        datasetId: current.datasetId,
        ...window,
      },
    );
    const report = await deps.reports.find('churn', reportId);
    expect(report?.views?.map(({ view }) => view)).toEqual(['profile']);
    const pages = (await objects.list('projects/churn/reports/')).filter(({ key }) => key.endsWith('.html'));
    const page = new TextDecoder().decode(await objects.get(pages[0]!.key));
    expect(page).toContain('Feature views');
    expect(page).toContain('profile');
  });
});
