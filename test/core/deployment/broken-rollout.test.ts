import { describe, expect, it } from '@jest/globals';
import { abandonRollout, promote, rollback, shift } from '#core/deployment/index.ts';
import { breakRegistry, established, makeWorld, planned, serving, stageOf } from './_world.ts';

describe('a rollout that breaks off', () => {
  it('is still a canary that can be given back when the registry refuses the promotion', async () => {
    const world = await makeWorld();
    const first = await established(world);
    const second = await world.register();
    const state = { ...(await planned(world, second)), step: 2 };
    await shift(world.deps, { state: { ...state, step: 0 } });
    await shift(world.deps, { state });
    const restore = breakRegistry(world);
    await expect(promote(world.deps, { state })).rejects.toThrow('registry is away');
    restore();
    expect((await serving(world))?.phase).toBe('canary');
    await rollback(world.deps, { state, reason: 'the promotion failed' });
    expect(await serving(world)).toMatchObject({
      phase: 'rolled-back',
      variants: [{ version: first, weight: 100 }],
    });
    expect([await stageOf(world, first), await stageOf(world, second)]).toEqual(['Production', 'Archived']);
  });

  it('gives Production back too when the document could not follow the registry', async () => {
    const world = await makeWorld();
    const first = await established(world);
    const second = await world.register();
    const state = { ...(await planned(world, second)), step: 2 };
    await shift(world.deps, { state: { ...state, step: 0 } });
    await shift(world.deps, { state });
    const deployments = { ...world.deps.deployments, save: () => Promise.reject(new Error('table is away')) };
    await expect(promote({ ...world.deps, deployments }, { state })).rejects.toThrow('table is away');
    expect(await stageOf(world, second)).toBe('Production');
    await rollback(world.deps, { state, reason: 'the promotion failed' });
    expect([await stageOf(world, first), await stageOf(world, second)]).toEqual(['Production', 'Archived']);
  });

  it('is abandoned with its run, unless it is over', async () => {
    const world = await makeWorld();
    const first = await established(world);
    const version = await world.register();
    const refusal = { model: 'churn', version, reason: 'the run was stopped', by: 'platform' };
    expect(await abandonRollout(world.deps, refusal)).toBe(false);
    await shift(world.deps, { state: await planned(world, version) });
    expect(await abandonRollout(world.deps, { ...refusal, version: first })).toBe(false);
    expect(await abandonRollout(world.deps, refusal)).toBe(true);
    expect(await serving(world)).toMatchObject({ phase: 'rolled-back', variants: [{ version: first, weight: 100 }] });
    expect(await stageOf(world, version)).toBe('Archived');
    expect(await abandonRollout(world.deps, refusal)).toBe(false);
  });
});
