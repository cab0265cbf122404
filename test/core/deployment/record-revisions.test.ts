import { beforeEach, describe, expect, it } from '@jest/globals';
import { plan, promote, rollBackByHand, rollBackModel, shift } from '#core/deployment/index.ts';
import { getVersion, listChanges, rollbackModel, transitionStage, verifyHistory } from '#core/registry/index.ts';
import { makeWorld } from './_world.ts';

let world: Awaited<ReturnType<typeof makeWorld>>;
beforeEach(async () => {
  world = await makeWorld({ steps: [10, 100] });
});

const stateOf = async (version: number) =>
  (await plan(world.deps, { project: 'churn', model: 'churn', version, by: 'ann' })).state;
const deploy = async (version: number): Promise<void> => {
  const { state } = await shift(world.deps, { state: await stateOf(version) });
  await promote(world.deps, { state });
};
const told = async () =>
  (await listChanges(world.deps.registry, 'churn', { maxResults: 200 })).items
    .filter(({ kind }) => kind === 'deployment' || kind === 'rollback')
    .map(({ kind, from, to, facts }) => [kind, from, to, facts?.revision, facts?.phase])
    .reverse();

describe('the history of a model', () => {
  it('tells of every revision of its deployment', async () => {
    await deploy(await world.register());
    await deploy(await world.register());
    await rollBackByHand(world.deps, { model: 'churn', reason: 'errors', by: 'bob' });
    expect(await told()).toEqual([
      ['deployment', '', '1: 100 %', '1', 'canary'],
      ['deployment', '1: 100 %', '1: 100 %', '2', 'stable'],
      ['deployment', '1: 100 %', '1: 90 %, 2: 10 %', '3', 'canary'],
      ['deployment', '1: 90 %, 2: 10 %', '2: 100 %', '4', 'stable'],
      ['deployment', '2: 100 %', '1: 100 %', '5', 'rolled-back'],
      ['rollback', 'Archived', 'Production', undefined, undefined],
    ]);
    expect(await verifyHistory(world.deps.registry, 'churn')).toMatchObject({ verified: true });
  });

  it('lacks none when a step fell between the two writes: the next one tells of it', async () => {
    const version = await world.register();
    const state = await stateOf(version);
    const failing = {
      ...world.deps.registry,
      registry: { ...world.deps.registry.registry, commit: () => Promise.reject(new Error('the registry is away')) },
    };
    expect(await shift({ ...world.deps, registry: failing }, { state })).toMatchObject({ revision: 1 });
    expect((await world.deps.deployments.find('churn'))?.revision).toBe(1);
    expect(await told()).toEqual([]);
    await promote(world.deps, { state });
    expect((await told()).map(([, , , revision]) => revision)).toEqual(['1', '2']);
  });

  it('catches up with a long backlog in several calls, and skips none', async () => {
    const state = await stateOf(await world.register());
    await shift(world.deps, { state });
    const first = await world.deps.deployments.find('churn');
    if (!first) throw new Error('nothing is deployed');
    for (let revision = 2; revision <= 120; revision++)
      await world.deps.deployments.save({ ...first, revision }, revision - 1);
    for (let i = 0; i < 3; i++) await shift(world.deps, { state });
    expect((await told()).map(([, , , revision]) => Number(revision))).toEqual(
      Array.from({ length: 120 }, (_, i) => i + 1),
    );
  });

  it('is the same however often a step is repeated', async () => {
    const version = await world.register();
    const state = await stateOf(version);
    for (let i = 0; i < 3; i++) await shift(world.deps, { state });
    for (let i = 0; i < 3; i++) await promote(world.deps, { state });
    expect((await told()).map(([, , , revision]) => revision)).toEqual(['1', '2']);
  });
});

describe('rollBackModel', () => {
  it('takes a deployed model back with its traffic, on record as a rollback', async () => {
    await deploy(await world.register());
    await deploy(await world.register());
    const version = await rollBackModel(world.deps, { model: 'churn', reason: 'errors', by: 'bob' });
    expect(version).toMatchObject({ version: 1, stage: 'Production' });
    expect((await world.deps.deployments.find('churn'))?.variants).toMatchObject([{ version: 1, weight: 100 }]);
    expect((await getVersion(world.deps.registry, 'churn', 2)).stage).toBe('Archived');
  });

  it('takes a model that nobody deployed back in the registry alone', async () => {
    for (const version of [await world.register(), await world.register()])
      await transitionStage(world.deps.registry, { name: 'churn', version, stage: 'Production', by: 'ann' });
    const version = await rollBackModel(world.deps, { model: 'churn', reason: 'errors', by: 'bob' });
    expect(version).toMatchObject({ version: 1, stage: 'Production' });
    expect(await world.deps.deployments.find('churn')).toBeUndefined();
    await expect(
      rollbackModel(world.deps.registry, { name: 'churn', reason: 'more', by: 'bob' }),
    ).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK_TO' });
  });
});
