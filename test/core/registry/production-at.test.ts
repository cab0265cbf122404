import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import type { RegistryChange, Stage } from '#contracts/registry.ts';
import {
  deleteModel,
  deleteVersion,
  listChanges,
  renameModel,
  rollbackModel,
  transitionStage,
  verifyHistory,
  versionInProductionAt,
} from '#core/registry/index.ts';
import { type RegistryWorld, registerTimes, worldOn } from '#test/adapters/registry-world.ts';
import { allPages } from '#test/helpers/all-pages.ts';

const name = 'churn';
const by = 'ann';
const VERSIONS = 4;

const worldWithVersions = async (): Promise<RegistryWorld> => {
  const world = worldOn(memoryRegistryStore());
  await registerTimes(world, name, VERSIONS);
  return world;
};
const history = async (world: RegistryWorld, of = name): Promise<RegistryChange[]> =>
  (await allPages((page) => listChanges(world, of, page), 50)).reverse();
const to = (version: number, stage: Stage, archiveExisting = true) => ({ name, version, stage, archiveExisting, by });
const versionAt = async (world: RegistryWorld, atMs: number, of = name) =>
  (await versionInProductionAt(world, of, new Date(atMs))).version;

/** Forwards, as one would by hand: a list of who stands in Production, the last to come at its end. */
const naiveReplay = (changes: readonly RegistryChange[], atMs: number): number | null => {
  let standing: number[] = [];
  for (const change of changes.filter((one) => one.atMs <= atMs)) {
    if (!['stage', 'rollback', 'version-deleted'].includes(change.kind)) continue;
    standing = standing.filter((version) => version !== change.version);
    if (change.to === 'Production') standing.push(change.version ?? 0);
  }
  return standing.at(-1) ?? null;
};

const stage = fc.constantFrom<Stage>('None', 'Staging', 'Production', 'Production', 'Archived');
const version = fc.integer({ min: 1, max: VERSIONS });
const act = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('move' as const), version, stage, archive: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), version }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rollback' as const) }) },
);

type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
/** What a history does not allow is refused, and the history goes on. */
const perform = async (world: RegistryWorld, one: Act, i: number): Promise<void> => {
  const acts = {
    move: (move: Act & { do: 'move' }) => transitionStage(world, to(move.version, move.stage, move.archive)),
    delete: (gone: Act & { do: 'delete' }) => deleteVersion(world, { name, version: gone.version, by }),
    rollback: () => rollbackModel(world, { name, reason: `because ${i}`, by }),
  };
  await acts[one.do](one as never).catch((error) => expect(error).toHaveProperty('code'));
};

describe('versionInProductionAt', () => {
  it('says what a naive replay of the records says, at every moment of any history (law)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        const world = await worldWithVersions();
        for (const [i, one] of acts.entries()) await perform(world, one, i);
        const changes = await history(world);
        const [first, last] = [changes[0]?.atMs ?? 0, changes.at(-1)?.atMs ?? 0];
        for (let atMs = first - 1; atMs <= last + 1; atMs++)
          expect(await versionAt(world, atMs)).toBe(naiveReplay(changes, atMs));
        expect(await verifyHistory(world, name)).toMatchObject({ verified: true, records: changes.length });
      }),
      { numRuns: 60 },
    );
  });

  it('tells who put it there, why, and what was told at its registration, when version and model are gone', async () => {
    const world = await worldWithVersions();
    await transitionStage(world, { ...to(2, 'Production'), reason: 'canary ok' });
    const then = (await history(world)).at(-1)?.atMs ?? 0;
    await deleteVersion(world, { name, version: 2, by });
    await deleteModel(world, { name, by });
    expect(await versionInProductionAt(world, name, new Date(then))).toMatchObject({
      name,
      at: new Date(then).toISOString(),
      version: 2,
      since: { kind: 'stage', to: 'Production', reason: 'canary ok', by },
      registered: { kind: 'registered', facts: { source: `s3://bucket/1/${name}/artifacts/model/`, runId: 'r1' } },
    });
    expect(await versionAt(world, then + 1_000)).toBeNull();
  });

  it('asks the model that bore the name at that moment', async () => {
    const world = await worldWithVersions();
    await transitionStage(world, to(1, 'Production'));
    const first = (await history(world)).at(-1)?.atMs ?? 0;
    await renameModel(world, { name, newName: 'old-churn', by });
    await registerTimes(world, name, 3);
    await transitionStage(world, to(3, 'Production'));
    const second = (await history(world)).at(-1)?.atMs ?? 0;
    expect(await versionAt(world, first)).toBe(1);
    expect(await versionAt(world, second)).toBe(3);
    expect(await versionAt(world, second, 'old-churn')).toBe(1);
    expect(await versionAt(world, first, 'old-churn')).toBeNull();
  });

  it('refuses a name that no model ever bore', async () => {
    await expect(versionInProductionAt(worldOn(memoryRegistryStore()), 'x', new Date(0))).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
  });
});

describe('rollbackModel', () => {
  const back = (world: RegistryWorld, reason: string) => rollbackModel(world, { name, reason, by: 'bob' });

  it('puts the version before back, archives the present one, and is on record as a rollback', async () => {
    const world = await worldWithVersions();
    for (const number of [1, 2, 3]) await transitionStage(world, to(number, 'Production'));
    expect(await back(world, 'errors')).toMatchObject({ version: 2, stage: 'Production' });
    const changes = (await history(world)).slice(-2);
    expect(
      changes.map(({ kind, version: number, from, to: end, by: who, reason }) => [
        kind,
        number,
        from,
        end,
        who,
        reason,
      ]),
    ).toEqual([
      ['stage', 3, 'Production', 'Archived', 'bob', 'errors'],
      ['rollback', 2, 'Archived', 'Production', 'bob', 'errors'],
    ]);
    expect(world.published.slice(-2)).toEqual([
      { name: 'StageChanged', detail: { model: name, version: 3, from: 'Production', to: 'Archived', by: 'bob' } },
      { name: 'StageChanged', detail: { model: name, version: 2, from: 'Archived', to: 'Production', by: 'bob' } },
    ]);
  });

  it('goes back two versions when it is asked twice, and one when a reply was lost', async () => {
    const world = await worldWithVersions();
    for (const number of [1, 2, 3]) await transitionStage(world, to(number, 'Production'));
    expect((await back(world, 'errors')).version).toBe(2);
    expect((await back(world, 'errors')).version).toBe(2);
    expect((await back(world, 'still errors')).version).toBe(1);
    await expect(back(world, 'no more')).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK_TO' });
  });

  it('passes over versions that are no longer there', async () => {
    const world = await worldWithVersions();
    for (const number of [1, 2, 3]) await transitionStage(world, to(number, 'Production'));
    await deleteVersion(world, { name, version: 2, by });
    expect((await back(world, 'errors')).version).toBe(1);
  });

  it('refuses when none is in Production', async () => {
    await expect(back(await worldWithVersions(), 'x')).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK_TO' });
  });
});
