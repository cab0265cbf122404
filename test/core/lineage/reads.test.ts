import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Lineage, LineageKind, LineageQuery } from '#contracts/lineage.ts';
import { lineageOf } from '#core/lineage/index.ts';
import { createRun, ensureExperiment } from '#core/tracking/index.ts';
import { alone, filledWorld, id, ingested, type LineageWorld, parent } from './_world.ts';

let world: LineageWorld;
beforeEach(async () => {
  world = await filledWorld();
});

const everything: LineageQuery = { direction: 'both', depth: 12, maxNodes: 500 };
const lineage = (kind: LineageKind, of: string, query: Partial<LineageQuery> = {}): Promise<Lineage> =>
  lineageOf(world.deps, { kind, id: of }, { ...everything, ...query });

describe('what lineageOf reads', () => {
  it('tells of a node that has more neighbours than are looked at', async () => {
    const { experimentId } = (await world.deps.tracking.findExperimentByName('churn'))!;
    const tags = { 'mlflow.parentRunId': alone };
    for (let i = 0; i < 101; i++) await createRun(world.tracking, { experimentId, runName: `child ${i}`, tags });
    const few = await lineage('run', alone, { direction: 'down', depth: 1 });
    expect(few.more).toContainEqual({ kind: 'run', id: alone });
    expect((await lineage('run', parent, { direction: 'down' })).more).toEqual([]);
  });

  it('reads the runs of an experiment once, however many nodes ask for them', async () => {
    let [scans, summaries] = [0, 0];
    const { tracking } = world.deps;
    const counting = {
      ...tracking,
      scanRuns: (scan: Parameters<typeof tracking.scanRuns>[0]) => {
        scans++;
        return tracking.scanRuns(scan);
      },
      datasetSummaries: (id: string) => {
        summaries++;
        return tracking.datasetSummaries(id);
      },
    };
    const asked = { kind: 'dataset', id: `churn:${ingested}` } as const;
    const found = await lineageOf({ ...world.deps, tracking: counting }, asked, everything);
    expect(found.nodes.length).toBeGreaterThan(8);
    expect([scans, summaries]).toEqual([1, 1]);
  });

  it('asks for more than a digest when there are too many experiments to look in', async () => {
    for (let i = 0; i < 201; i++) await ensureExperiment(world.tracking, { name: `e${i}` });
    const message = expect.stringContaining('write project:digest');
    await expect(lineage('dataset', id('9'))).rejects.toMatchObject({ code: 'INVALID_REQUEST', message });
  });
});
