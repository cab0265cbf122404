import { describe, expect, it } from '@jest/globals';
import { Project } from '#contracts/project.ts';
import { plan, promote, rollBackByHand, rollback, shift } from '#core/deployment/index.ts';
import { applyServing, established, healthy, makeWorld, planned, rollOut, serving, type World } from './_world.ts';

const redaction = async (world: World) => (await serving(world))?.redaction;
const canaryOf = async (world: World) => {
  const version = await world.register();
  world.byVersion[version] = healthy;
  return shift(world.deps, { state: await planned(world, version) });
};
const onEndpoint = (world: World, version: number, endpoint?: string) =>
  plan(world.deps, { project: 'churn', model: 'churn', version, by: 'ann', endpoint });

describe('what a rollout brings of its project into the document', () => {
  it('is whether all is explained, and what the ledger leaves out, with a key', async () => {
    const world = await makeWorld();
    await applyServing(world, { explanations: 'asked', ledger: { hash: ['customer_id'] } });
    await established(world);
    const deployment = await serving(world);
    expect(deployment).toMatchObject({ explanations: 'asked', redaction: { omit: [], hash: ['customer_id'] } });
    expect(deployment?.redaction?.key).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is no key where nothing is to be hidden', async () => {
    const world = await makeWorld();
    await established(world);
    expect(await serving(world)).toMatchObject({ explanations: 'always' });
    expect(await redaction(world)).toBeUndefined();
  });

  it('keeps one key over every step, new rules and times without any', async () => {
    const world = await makeWorld();
    await applyServing(world, { ledger: { omit: ['age'] } });
    await established(world);
    const key = (await redaction(world))?.key;
    await applyServing(world, {});
    await established(world);
    expect(await redaction(world)).toEqual({ omit: [], hash: [], key });
    await applyServing(world, { ledger: { hash: ['age'] } });
    await established(world);
    expect(await redaction(world)).toEqual({ omit: [], hash: ['age'], key });
    const history = await world.deps.deployments.history('churn', 100);
    expect(new Set(history.flatMap((one) => one.redaction?.key ?? []))).toEqual(new Set([key]));
  });

  it('goes by the project of now when the version that serves is deployed again, once', async () => {
    const world = await makeWorld();
    const version = await established(world);
    const before = await serving(world);
    await rollOut(world, version);
    expect(await serving(world)).toEqual(before);
    await applyServing(world, { explanations: 'asked', ledger: { omit: ['age'] } });
    await rollOut(world, version);
    const after = await serving(world);
    expect(after).toMatchObject({ phase: 'stable', explanations: 'asked', redaction: { omit: ['age'] } });
    expect(after?.variants).toEqual(before?.variants);
    await rollOut(world, version);
    expect((await serving(world))?.revision).toBe((before?.revision ?? 0) + 1);
  });
});

describe('a rollback', () => {
  it('brings no field back into the ledger that was left out meanwhile', async () => {
    const world = await makeWorld();
    await established(world);
    await applyServing(world, { explanations: 'asked', ledger: { omit: ['age'] } });
    const { state } = await canaryOf(world);
    const during = await redaction(world);
    expect(during).toMatchObject({ omit: ['age'] });
    await rollback(world.deps, { state, reason: 'x' });
    expect(await serving(world)).toMatchObject({ phase: 'rolled-back', redaction: during, explanations: 'always' });
  });

  it('by hand neither', async () => {
    const world = await makeWorld();
    const first = await established(world);
    await applyServing(world, { explanations: 'asked', ledger: { omit: ['age'] } });
    await established(world);
    const during = await redaction(world);
    const deployment = await rollBackByHand(world.deps, { model: 'churn', reason: 'complaints', by: 'bob' });
    expect(deployment).toMatchObject({ variants: [{ version: first }], redaction: during, explanations: 'always' });
  });
});

describe('a version that a SageMaker endpoint runs', () => {
  it('says so in its variant, from the first step to the last', async () => {
    const world = await makeWorld();
    const first = await established(world);
    const second = await world.register();
    const { state } = await onEndpoint(world, second, 'churn-v2');
    await shift(world.deps, { state });
    expect((await serving(world))?.variants).toMatchObject([
      { version: first },
      { version: second, endpoint: 'churn-v2' },
    ]);
    expect((await serving(world))?.variants[0]).not.toHaveProperty('endpoint');
    await promote(world.deps, { state });
    expect((await serving(world))?.variants).toMatchObject([{ version: second, weight: 100, endpoint: 'churn-v2' }]);
  });

  it('does not change places under its traffic', async () => {
    const world = await makeWorld();
    const version = await established(world);
    const refusal = { code: 'INVALID_REQUEST', details: { version, wanted: 'churn-v2' } };
    await expect(onEndpoint(world, version, 'churn-v2')).rejects.toMatchObject(refusal);
    await expect(onEndpoint(world, version)).resolves.toBeDefined();
  });
});

describe('serving rules of a project that says nothing', () => {
  it('explain always and hide nothing', () => {
    const { serving } = Project.shape;
    expect(serving.parse({ entityKey: 'id' })).toEqual({ entityKey: 'id', explanations: 'always' });
  });
});
