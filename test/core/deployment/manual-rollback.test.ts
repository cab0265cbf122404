import { describe, expect, it } from '@jest/globals';
import { promote, rollBackByHand, rollback, shift } from '#core/deployment/index.ts';
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
