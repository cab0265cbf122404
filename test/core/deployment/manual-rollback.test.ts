import { describe, expect, it } from '@jest/globals';
import { promote, rollBackByHand, rollback, shift } from '#core/deployment/index.ts';
import { deleteVersion } from '#core/registry/index.ts';
import { applyServing, breakRegistry, established, healthy, makeWorld, planned, serving, stageOf } from './_world.ts';

describe('a rollback by hand', () => {
  const byHand = { model: 'churn', reason: 'complaints', by: 'bob' };

  it('ends a running canary, whose pipeline notices', async () => {
    const world = await makeWorld();
    const first = await established(world);
    const second = await world.register();
    world.byVersion[second] = healthy;
    const { state } = await shift(world.deps, { state: await planned(world, second) });
    const deployment = await rollBackByHand(world.deps, byHand);
    expect(deployment).toMatchObject({
      phase: 'rolled-back',
      variants: [{ version: first, weight: 100 }],
      updatedBy: 'bob',
    });
    expect(await stageOf(world, second)).toBe('Archived');
    await expect(promote(world.deps, { state })).rejects.toMatchObject({ code: 'GUARD_FAILED' });
  });

  it('goes back one stable version each time, in the registry too', async () => {
    const world = await makeWorld();
    const [first, second, third] = [await established(world), await established(world), await established(world)];
    expect((await rollBackByHand(world.deps, byHand)).variants).toMatchObject([{ version: second, weight: 100 }]);
    expect([await stageOf(world, second), await stageOf(world, third)]).toEqual(['Production', 'Archived']);
    const further = { ...byHand, reason: 'more complaints' };
    expect((await rollBackByHand(world.deps, further)).variants).toMatchObject([{ version: first, weight: 100 }]);
    await expect(rollBackByHand(world.deps, byHand)).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK_TO' });
  });

  it('does not go back twice for a retry, with or without the revision that was seen', async () => {
    const world = await makeWorld();
    await established(world);
    const second = await established(world);
    await established(world);
    const { revision = 0 } = (await serving(world)) ?? {};
    for (const request of [byHand, byHand, { ...byHand, revision }]) {
      const reply = await rollBackByHand(world.deps, request);
      expect(reply).toMatchObject({ revision: revision + 1, variants: [{ version: second, weight: 100 }] });
    }
    const outdated = rollBackByHand(world.deps, { ...byHand, reason: 'others', revision });
    await expect(outdated).rejects.toMatchObject({ code: 'REVISION_CONFLICT', details: { revision: revision + 1 } });
    const meant = await rollBackByHand(world.deps, { ...byHand, revision: revision + 1 });
    expect(meant.variants).toMatchObject([{ version: 1, weight: 100 }]);
  });

  it('is finished by its retry when the registry failed after the document was written', async () => {
    const world = await makeWorld();
    const [first, second] = [await established(world), await established(world)];
    const restore = breakRegistry(world);
    await expect(rollBackByHand(world.deps, byHand)).rejects.toThrow('registry is away');
    restore();
    const reply = await rollBackByHand(world.deps, byHand);
    expect(reply.variants).toMatchObject([{ version: first, weight: 100 }]);
    expect([await stageOf(world, first), await stageOf(world, second)]).toEqual(['Production', 'Archived']);
  });

  it('never goes back to a version that was itself taken back', async () => {
    const world = await makeWorld();
    const [first] = [await established(world), await established(world)];
    expect((await rollBackByHand(world.deps, byHand)).variants).toMatchObject([{ version: first }]);
    await established(world);
    const again = { ...byHand, reason: 'other complaints' };
    expect((await rollBackByHand(world.deps, again)).variants).toMatchObject([{ version: first, weight: 100 }]);
    expect(await stageOf(world, first)).toBe('Production');
  });

  it('passes over versions that were deleted', async () => {
    const world = await makeWorld();
    const [first, second] = [await established(world), await established(world), await established(world)];
    await deleteVersion(world.deps.registry, { name: 'churn', version: second ?? 0, by: 'ann' });
    expect((await rollBackByHand(world.deps, byHand)).variants).toMatchObject([{ version: first, weight: 100 }]);
  });

  it('is one and the same for a call that is repeated, however late', async () => {
    const world = await makeWorld();
    const [, second] = [await established(world), await established(world), await established(world)];
    await rollBackByHand(world.deps, byHand);
    const later = { ...world.deps, clock: { now: () => new Date('2027-01-01T00:00:00Z') } };
    expect((await rollBackByHand(later, byHand)).variants).toMatchObject([{ version: second, weight: 100 }]);
  });

  it('tells the bus though the registry fails, and again when its retry finishes it', async () => {
    const world = await makeWorld();
    await established(world);
    await established(world);
    const told = () =>
      world.published.filter(({ name, detail }) => name === 'DeploymentChanged' && detail.phase === 'rolled-back');
    const restore = breakRegistry(world);
    await expect(rollBackByHand(world.deps, byHand)).rejects.toThrow('registry is away');
    expect(told()).toHaveLength(1);
    restore();
    await rollBackByHand(world.deps, byHand);
    expect(told()).toHaveLength(2);
  });

  it('goes through though only the record of the deployment could not be written; the next call adds it', async () => {
    const world = await makeWorld();
    const [first] = [await established(world), await established(world)];
    const store = world.deps.registry.registry;
    const registry: typeof store = {
      ...store,
      commit: (step) =>
        step.changes.some(({ kind }) => kind === 'deployment')
          ? Promise.reject(new Error('throttled'))
          : store.commit(step),
    };
    const throttled = { ...world.deps, registry: { ...world.deps.registry, registry } };
    expect((await rollBackByHand(throttled, byHand)).variants).toMatchObject([{ version: first, weight: 100 }]);
    expect(await stageOf(world, first)).toBe('Production');
    const { revision } = await rollBackByHand(world.deps, byHand);
    expect((await store.findName('churn'))?.live?.deployment?.revision).toBe(revision);
  });

  it('answers well though the bus is away', async () => {
    const world = await makeWorld();
    const first = await established(world);
    await established(world);
    const events = { publish: () => Promise.reject(new Error('bus is away')) };
    const reply = await rollBackByHand({ ...world.deps, events }, byHand);
    expect(reply.variants).toMatchObject([{ version: first, weight: 100 }]);
  });

  it('restores the rules that the version before was served by', async () => {
    const world = await makeWorld();
    await established(world);
    await applyServing(world, { requestFields: ['age'] });
    const second = await world.register();
    world.byVersion[second] = healthy;
    const { state } = await shift(world.deps, { state: await planned(world, second) });
    expect((await serving(world))?.requestFields).toEqual(['age']);
    await rollback(world.deps, { state, reason: 'x' });
    expect((await serving(world))?.requestFields).toBeUndefined();
    await established(world);
    expect((await serving(world))?.requestFields).toEqual(['age']);
    expect((await rollBackByHand(world.deps, byHand)).requestFields).toBeUndefined();
  });

  it('says so when there is nothing to go back to', async () => {
    const world = await makeWorld();
    await expect(rollBackByHand(world.deps, byHand)).rejects.toMatchObject({ code: 'DEPLOYMENT_NOT_FOUND' });
    await shift(world.deps, { state: await planned(world, await world.register()) });
    await expect(rollBackByHand(world.deps, byHand)).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK_TO' });
  });
});
