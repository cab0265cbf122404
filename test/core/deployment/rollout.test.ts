import { describe, expect, it } from '@jest/globals';
import { promote, rollback, shift } from '#core/deployment/index.ts';
import { established, failing, healthy, makeWorld, planned, rollOut, serving, stageOf } from './_world.ts';

describe('a rollout', () => {
  it('gives the first version of a model all traffic in one step and makes it Production', async () => {
    const world = await makeWorld();
    const version = await world.register();
    world.byVersion[version] = healthy;
    expect((await planned(world, version)).rollout.steps).toEqual([100]);
    expect((await rollOut(world, version)).moves).toEqual(['promote']);
    expect(await serving(world)).toMatchObject({
      phase: 'stable',
      variants: [{ version, weight: 100 }],
      stickyKey: 'customer_id',
      featureService: 'churn',
      updatedBy: 'ann',
    });
    expect(await stageOf(world, version)).toBe('Production');
  });

  it('moves a later version 10, 50, 100 % and archives its predecessor', async () => {
    const world = await makeWorld();
    const first = await established(world);
    const second = await world.register();
    world.byVersion[second] = healthy;
    expect((await rollOut(world, second)).moves).toEqual(['shift', 'shift', 'promote']);
    const history = await world.deps.deployments.history('churn', 10);
    const weights = history.reverse().map((d) => d.variants.map((v) => `${v.version}:${v.weight}`).join(' '));
    expect(weights).toEqual(['1:100', '1:100', '1:90 2:10', '1:50 2:50', '1:0 2:100', '2:100']);
    expect(await stageOf(world, first)).toBe('Archived');
    expect(await stageOf(world, second)).toBe('Production');
  });

  it('gives all traffic back in one write when a guard fails, with the reason, and archives the version', async () => {
    const world = await makeWorld();
    const first = await established(world);
    const second = await world.register();
    world.byVersion[second] = failing;
    expect((await rollOut(world, second)).moves).toEqual(['rollback']);
    const deployment = await serving(world);
    expect(deployment).toMatchObject({ phase: 'rolled-back', variants: [{ version: first, weight: 100 }] });
    expect(deployment?.reason).toContain('error-rate: version 2 failed 50 of 500 requests, allowed are 1 %');
    expect(await stageOf(world, first)).toBe('Production');
    expect(await stageOf(world, second)).toBe('Archived');
    const told = world.published.filter(({ name }) => name === 'DeploymentChanged');
    expect(told.at(-1)).toMatchObject({ detail: { phase: 'rolled-back' } });
  });

  it('may try a refused version again when asked', async () => {
    const world = await makeWorld();
    await established(world);
    const second = await world.register();
    world.byVersion[second] = failing;
    await rollOut(world, second);
    world.byVersion[second] = healthy;
    expect((await rollOut(world, second)).moves).toEqual(['shift', 'shift', 'promote']);
    expect(await stageOf(world, second)).toBe('Production');
  });

  it('keeps a failing first version serving, since nothing else does, and never calls it Production', async () => {
    const world = await makeWorld();
    const version = await world.register();
    world.byVersion[version] = failing;
    expect((await rollOut(world, version)).moves).toEqual(['rollback']);
    expect(await serving(world)).toMatchObject({ phase: 'rolled-back', variants: [{ version, weight: 100 }] });
    expect(await stageOf(world, version)).toBe('None');
    const next = await world.register();
    expect((await planned(world, next)).rollout.steps).toEqual([100]);
  });

  it('bakes again while nobody asks, then does what the project says', async () => {
    const world = await makeWorld({ maxExtraBakes: 2, onTooLittleTraffic: 'rollback' });
    await established(world);
    const second = await world.register();
    const { moves } = await rollOut(world, second);
    expect(moves).toEqual(['bake', 'bake', 'rollback']);
    expect((await serving(world))?.reason).toContain('the project says "rollback"');
  });

  it('judges all of a bake, extra bakes included', async () => {
    const world = await makeWorld({ maxExtraBakes: 1 });
    const version = await world.register();
    await rollOut(world, version);
    const [first, second] = world.deps.health.asked;
    expect(second?.from).toEqual(first?.from);
    expect(second?.to.getTime()).toBeGreaterThan(first?.to.getTime() ?? 0);
  });

  it('changes nothing when a step is retried', async () => {
    const world = await makeWorld();
    await established(world);
    const second = await world.register();
    world.byVersion[second] = healthy;
    const state = await planned(world, second);
    const once = await shift(world.deps, { state });
    expect((await shift(world.deps, { state })).revision).toBe(once.revision);
    const last = { ...state, step: 2 };
    await shift(world.deps, { state: last });
    const ended = await promote(world.deps, { state: last });
    expect(await promote(world.deps, { state: last })).toEqual(ended);
    expect(await rollback(world.deps, { state: last, reason: 'too late' })).toEqual(ended);
    expect(await stageOf(world, second)).toBe('Production');
  });

  it('never takes traffic from a canary for an earlier step that comes late', async () => {
    const world = await makeWorld();
    await established(world);
    const state = await planned(world, await world.register());
    await shift(world.deps, { state });
    await shift(world.deps, { state: { ...state, step: 1 } });
    await shift(world.deps, { state });
    expect((await serving(world))?.variants[1]?.weight).toBe(50);
  });

  it('rolls back a rollout that never wrote anything without failing', async () => {
    const world = await makeWorld();
    const state = await planned(world, await world.register());
    expect(await rollback(world.deps, { state, reason: 'x' })).toEqual({ model: 'churn', version: 1, revision: 0 });
  });
});

describe('two rollouts of one model', () => {
  const underway = async () => {
    const world = await makeWorld();
    await established(world);
    const [second, third] = [await world.register(), await world.register()];
    return { world, second, third };
  };

  it('lets a newer version take the place of a running canary, whose own rollout then ends', async () => {
    const { world, second, third } = await underway();
    const { state } = await shift(world.deps, { state: await planned(world, second) });
    await shift(world.deps, { state: await planned(world, third) });
    expect((await serving(world))?.variants.map((v) => v.version)).toEqual([1, third]);
    await expect(shift(world.deps, { state: { ...state, step: 1 } })).rejects.toMatchObject({ code: 'GUARD_FAILED' });
    await rollback(world.deps, { state, reason: 'superseded' });
    expect((await serving(world))?.variants.map((v) => v.version)).toEqual([1, third]);
    expect(await stageOf(world, second)).toBe('Archived');
  });

  it('refuses an older version while a newer one is rolled out', async () => {
    const { world, second, third } = await underway();
    const late = await planned(world, second);
    await shift(world.deps, { state: await planned(world, third) });
    const refusal = { code: 'DEPLOYMENT_IN_PROGRESS', details: { underway: third, version: second } };
    await expect(planned(world, second)).rejects.toMatchObject(refusal);
    await expect(shift(world.deps, { state: late })).rejects.toMatchObject(refusal);
  });

  it('plans the version under way again', async () => {
    const { world, third } = await underway();
    await shift(world.deps, { state: await planned(world, third) });
    expect((await planned(world, third)).rollout.steps).toEqual([10, 50, 100]);
  });
});
