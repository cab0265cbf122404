/** @jest-environment #test/helpers/onnx-environment.ts */
import { describe, expect, it } from '@jest/globals';
import { systemDigest } from '#adapters/system/system.ts';
import { scoringKeys } from '#contracts/scoring.ts';
import type { Tables } from '#core/features/index.ts';
import { transitionStage } from '#core/registry/index.ts';
import { scoreShard, scoringProgress } from '#core/serving/index.ts';
import { customers, scoringWorld } from './_world.ts';

const COUNT = 250;

const expectEveryoneOnce = async (
  world: Awaited<ReturnType<typeof scoringWorld>>,
  finished: { scoresId: string; rowCount: number } | undefined,
): Promise<void> => {
  const rows = await world.rowsOf(finished?.scoresId);
  const features = await world.stored(world.dataset!);
  expect(rows.map((row) => row.customer_id)).toEqual(features.map((row) => row.customer_id));
  expect(finished?.rowCount).toBe(COUNT);
};

describe('scoring that was interrupted', () => {
  it('goes on with what a killed shard left, and scores nothing twice', async () => {
    const world = await scoringWorld({ features: customers(COUNT), scoring: { rowsAShard: 60 } });
    world.broken.add('part-00002.parquet');
    await expect(world.score()).rejects.toMatchObject({
      code: 'SCORING_INCOMPLETE',
      message: expect.stringContaining('1 of 5 shards are not scored (shard 2: Error: the function was killed)'),
    });
    expect(await world.deps.catalog.latest('churn', 'scores')).toBeUndefined();
    expect(world.published).toEqual([]);

    world.broken.clear();
    world.writes.length = 0;
    const { planned, finished } = await world.score();
    expect(planned).toMatchObject({ shards: [2], done: 4 });
    expect(finished).toMatchObject({ rowCount: COUNT });
    expect(world.writes.filter((key) => key.endsWith('.parquet'))).toEqual([
      expect.stringMatching(/part-00002\.parquet$/),
    ]);
    expect(world.published).toEqual([
      {
        name: 'PredictionsScored',
        detail: expect.objectContaining({ version: 1, rowCount: COUNT, datasetId: planned.scoresId }),
      },
    ]);

    world.writes.length = 0;
    expect((await world.score()).planned).toMatchObject({ skipped: expect.stringContaining('has scored'), shards: [] });
    expect(world.writes).toEqual([]);
    expect(world.published).toHaveLength(1);
  });

  it('leaves a shard alone that is done', async () => {
    const world = await scoringWorld({ features: customers(COUNT) });
    await world.score();
    const { scoresId = '' } = await world.plan({ explain: false });
    world.writes.length = 0;
    expect(await world.shard(scoresId, 0)).toMatchObject({ shard: 0, rows: COUNT });
    expect(world.writes).toEqual([]);
  });

  it('is done again for another version, and the scores of one that came back are the newest again', async () => {
    const world = await scoringWorld({ features: customers(COUNT) });
    const first = (await world.score()).finished;
    await world.promote('v2');
    const second = (await world.score()).finished;
    expect(second).toMatchObject({ modelVersion: 2 });
    expect(second?.scoresId).not.toBe(first?.scoresId);
    await transitionStage(world.registry, {
      name: 'churn',
      version: 1,
      stage: 'Production',
      archiveExisting: true,
      by: 'me',
    });
    world.writes.length = 0;
    expect((await world.score()).finished?.scoresId).toBe(first?.scoresId);
    expect((await world.deps.catalog.latest('churn', 'scores'))?.datasetId).toBe(first?.scoresId);
    expect(world.writes.filter((key) => key.endsWith('.parquet'))).toEqual([]);
  });

  it('is cut anew when its shards are to be smaller, and mixes none of both', async () => {
    const world = await scoringWorld({ features: customers(COUNT), scoring: { rowsAShard: 150 } });
    world.broken.add('part-00001.parquet');
    await expect(world.score()).rejects.toMatchObject({ code: 'SCORING_INCOMPLETE' });
    world.broken.clear();
    const applied = (await world.deps.projects.latest('churn'))!;
    const scoring = { ...applied.project.scoring, rowsAShard: 60 };
    await world.deps.projects.save({ ...applied, version: 2, project: { ...applied.project, scoring } });
    const { planned, finished } = await world.score();
    expect(planned).toMatchObject({ shards: [0, 1, 2, 3, 4], done: 0 });
    await expectEveryoneOnce(world, finished);
  });

  it('by two executions at once becomes one data set with everyone in it once', async () => {
    const world = await scoringWorld({ features: customers(COUNT), scoring: { rowsAShard: 60 } });
    const [one, other] = await Promise.all([world.score(), world.score()]);
    expect(one.finished?.scoresId).toBe(other.finished?.scoresId);
    await expectEveryoneOnce(world, one.finished);
  });

  it('leaves a shard alone that another execution finished while this one scored it', async () => {
    const world = await scoringWorld({ features: customers(COUNT) });
    const { scoresId = '' } = await world.plan();
    const slower = async <T>(work: (tables: Tables) => Promise<T>): Promise<T> => {
      await world.shard(scoresId, 0);
      return world.deps.engine.open(work);
    };
    const done = await scoreShard(
      { ...world.deps, engine: { open: slower } },
      { project: 'churn', scoresId, shard: 0 },
    );
    expect(done.rows).toBe(COUNT);
    expect(world.writes.filter((key) => key.endsWith('.parquet'))).toHaveLength(1);
  });

  it('tells of the files that are there, whoever stored them last', async () => {
    const world = await scoringWorld({ features: customers(COUNT) });
    const { scoresId = '' } = await world.plan();
    await world.shard(scoresId, 0);
    const key = `${scoringKeys.folder('churn', scoresId)}${scoringKeys.part(0)}`;
    await world.deps.engine.open(async (tables) => {
      const [mine, theirs] = [tables.localPath('mine.parquet'), tables.localPath('theirs.parquet')];
      await world.deps.objects.download(key, mine);
      await tables.run(`COPY (FROM '${mine}') TO '${theirs}' (FORMAT parquet, COMPRESSION gzip)`);
      await world.deps.objects.upload(theirs, key);
    });
    await world.score();
    const stored = (await world.deps.objects.get(key))!;
    const [file] = (await world.deps.catalog.find('churn', 'scores', scoresId))?.files ?? [];
    expect(file).toMatchObject({ bytes: stored.length, sha256: systemDigest.sha256(stored) });
  });

  it('tells how far it is', async () => {
    const world = await scoringWorld({ features: customers(COUNT), scoring: { rowsAShard: 60 } });
    world.broken.add('part-00002.parquet');
    await world.score().catch(() => undefined);
    const output = await world.plan();
    const at = '2026-01-02T05:00:00.000Z';
    const stages = [{ name: 'Plan', status: 'SUCCEEDED' as const, startedAt: at, output }];
    expect(await scoringProgress(world.deps.objects, { pipeline: 'scoring', stages })).toEqual({ done: 4, of: 5 });
    expect(await scoringProgress(world.deps.objects, { pipeline: 'data', stages })).toBeUndefined();
    expect(await scoringProgress(world.deps.objects, { pipeline: 'scoring', stages: [] })).toBeUndefined();
  });
});
