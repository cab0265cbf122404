import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Lineage, LineageKind, LineageQuery } from '#contracts/lineage.ts';
import { lineageOf } from '#core/lineage/index.ts';
import { deleteVersion } from '#core/registry/index.ts';
import {
  alone,
  child,
  features,
  filledWorld,
  id,
  ingested,
  type LineageWorld,
  later,
  mine,
  parent,
  reference,
  report,
  training,
} from './_world.ts';

let world: LineageWorld;
beforeEach(async () => {
  world = await filledWorld();
});

const everything: LineageQuery = { direction: 'both', depth: 12, maxNodes: 500 };
const lineage = (kind: LineageKind, of: string, query: Partial<LineageQuery> = {}): Promise<Lineage> =>
  lineageOf(world.deps, { kind, id: of }, { ...everything, ...query });
const named = ({ nodes }: Lineage): string[] => nodes.map(({ kind, id: of }) => `${kind} ${of}`).sort();
const edges = (found: Lineage): string[] => found.edges.map(({ from, to }) => `${from.id} > ${to.id}`);

describe('lineageOf', () => {
  it('leads from a data set down to the predictions', async () => {
    expect(named(await lineage('dataset', `churn:${ingested}`, { direction: 'down' }))).toEqual(
      [
        ...[ingested, features, reference, training].map((one) => `dataset churn:${one}`),
        ...['churn:1', 'churn:2'].map((one) => `deployment ${one}`),
        ...[parent, child].map((one) => `run ${one}`),
        'version churn:1',
        `window churn:${report}`,
      ].sort(),
    );
  });

  it('leads from predictions up to the data', async () => {
    const found = await lineage('window', `churn:${report}`, { direction: 'up' });
    expect(named(found)).toEqual(
      [
        `window churn:${report}`,
        'deployment churn:1',
        'version churn:1',
        ...[parent, child].map((one) => `run ${one}`),
        ...[ingested, features, reference, training].map((one) => `dataset churn:${one}`),
      ].sort(),
    );
    expect(edges(found)).toEqual(
      expect.arrayContaining([
        `churn:1 > churn:${report}`,
        `${child} > churn:1`,
        `${parent} > ${child}`,
        `churn:${training} > ${child}`,
        `churn:${features} > churn:${training}`,
        `churn:${ingested} > churn:${features}`,
      ]),
    );
  });

  it('says the same of an edge, from whichever end it is walked', async () => {
    const down = await lineage('dataset', `churn:${ingested}`, { direction: 'down' });
    const up = await lineage('window', `churn:${report}`, { direction: 'up' });
    const told = (found: Lineage) => found.edges.map((edge) => JSON.stringify(edge));
    const both = named(up).filter((name) => named(down).includes(name));
    const among = (found: Lineage) =>
      found.edges.filter(({ from, to }) => [from, to].every((end) => both.includes(`${end.kind} ${end.id}`)));
    // A data set reaches a version along its runs; a version also tells of its data sets itself.
    for (const edge of among(down)) expect(told(up)).toContain(JSON.stringify(edge));
  });

  it('goes both ways from the middle, and knows name/number as well', async () => {
    const found = await lineage('version', 'churn/1');
    expect(found.root).toEqual({ kind: 'version', id: 'churn:1' });
    expect(named(found)).toEqual(expect.arrayContaining([`dataset churn:${ingested}`, `window churn:${report}`]));
    expect(found.nodes[0]).toMatchObject({
      label: 'churn version 1',
      facts: { source: 's3://a/m/', project: 'churn' },
    });
  });

  it("follows an MLflow client's run and its data, and finds a data set by its digest alone", async () => {
    const found = await lineage('dataset', mine);
    const { experimentId } = (await world.deps.tracking.findExperimentByName('churn'))!;
    expect(found.root).toEqual({ kind: 'dataset', id: `${experimentId}:${mine}` });
    expect(named(found)).toEqual(
      [
        `dataset ${experimentId}:${mine}`,
        `run ${alone}`,
        'version churn:2',
        'deployment churn:2',
        'deployment churn:3',
        `window churn:${later}`,
      ].sort(),
    );
    expect((await lineage('dataset', training)).root.id).toBe(`churn:${training}`);
  });

  it('takes the newest revision of a deployment without a number', async () => {
    const found = await lineage('deployment', 'churn');
    expect(found.root).toEqual({ kind: 'deployment', id: 'churn:3' });
    expect(found.nodes[0]?.facts).toMatchObject({ traffic: '2: 100 %', from: '2026-01-03T00:00:00Z' });
    expect((await lineage('deployment', 'churn:1')).nodes[0]?.facts.until).toBe('2026-01-02T00:00:00Z');
  });

  it('still knows where a deleted version came from', async () => {
    await deleteVersion(world.registry, { name: 'churn', version: 1, by: 'ann' });
    const found = await lineage('version', 'churn:1', { direction: 'up' });
    expect(found.nodes[0]?.facts).toMatchObject({ stage: 'deleted', source: 's3://a/m/' });
    expect(named(found)).toEqual(expect.arrayContaining([`run ${child}`, `dataset churn:${training}`]));
  });

  it('says where it goes on when depth or number end it', async () => {
    const near = await lineage('dataset', `churn:${ingested}`, { direction: 'down', depth: 1 });
    expect(named(near)).toEqual([`dataset churn:${ingested}`, `dataset churn:${features}`]);
    expect(near.more).toEqual([{ kind: 'dataset', id: `churn:${features}` }]);
    const few = await lineage('version', 'churn:1', { maxNodes: 3 });
    expect(few.nodes).toHaveLength(3);
    expect(few.more).toContainEqual({ kind: 'version', id: 'churn:1' });
    expect((await lineage('window', `churn:${report}`)).more).toEqual([]);
  });

  it.each([
    ['dataset', 'nothing', 'DATASET_NOT_FOUND'],
    ['dataset', `churn:${id('9')}`, 'DATASET_NOT_FOUND'],
    ['run', 'nothing', 'RUN_NOT_FOUND'],
    ['version', 'churn:9', 'VERSION_NOT_FOUND'],
    ['version', 'churn', 'VERSION_NOT_FOUND'],
    ['deployment', 'nothing', 'DEPLOYMENT_NOT_FOUND'],
    ['window', '../secret:x', 'REPORT_NOT_FOUND'],
  ] as const)('refuses %s "%s"', async (kind, of, code) => {
    await expect(lineage(kind, of)).rejects.toMatchObject({ code });
  });
});
