import { describe, expect, it } from '@jest/globals';
import { judge, shift } from '#core/deployment/index.ts';
import { applyServing, established, healthy, makeWorld, planned, rollOut, serving } from './_world.ts';

describe('the plan of a rollout and its judge', () => {
  it.each([
    ['a canary without a witness', {}, 'rollback'],
    ['a canary of a project that says so', { onTooLittleTraffic: 'proceed' }, 'shift'],
  ])('nobody asking: %s', async (_, rollout, move) => {
    const world = await makeWorld({ ...rollout, maxExtraBakes: 0 });
    await established(world);
    const { state } = await shift(world.deps, { state: await planned(world, await world.register()) });
    expect((await judge(world.deps, { state })).move).toBe(move);
  });

  it('nobody asking: a first version proceeds', async () => {
    const world = await makeWorld({ maxExtraBakes: 0 });
    expect((await rollOut(world, await world.register())).moves).toEqual(['promote']);
  });

  it('waits for the measurements of a bake, and judges late ones with the next step', async () => {
    const world = await makeWorld();
    await established(world);
    const state = await planned(world, await world.register());
    expect([state.rollout.bakeSeconds, state.bakeSeconds]).toEqual([5, 8]);
    await judge(world.deps, { state });
    await judge(world.deps, { state: { ...state, step: 1 } });
    const [first, second] = world.deps.health.asked.slice(-2);
    expect(Date.parse(state.bakeStartedAt) - (first?.from.getTime() ?? 0)).toBe(0);
    expect(Date.parse(state.bakeStartedAt) - (second?.from.getTime() ?? 0)).toBe(3_000);
  });

  it("refuses another project's version, telling whose it is", async () => {
    const world = await makeWorld();
    const refusal = { code: 'INVALID_REQUEST', details: { project: 'churn', allowed: 'telco' } };
    await expect(planned(world, await world.register({ project: 'telco' }))).rejects.toMatchObject(refusal);
  });

  it("brings the model's sha256 and the request fields into the document", async () => {
    const world = await makeWorld();
    await applyServing(world, { requestFields: ['age'] });
    const version = await world.register({ onnxSha256: 'abc' });
    world.byVersion[version] = healthy;
    await rollOut(world, version);
    expect(await serving(world)).toMatchObject({
      requestFields: ['age'],
      variants: [{ version, weight: 100, onnxSha256: 'abc' }],
    });
  });
});
