import { beforeEach, describe, expect, it } from '@jest/globals';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { requireDataset, viewDataset } from '#core/features/index.ts';
import { compactLedger, ledgerObjects } from '#core/ledger/index.ts';
import { collect } from '#core/monitoring/index.ts';
import { windowOf } from '#core/monitoring/window.ts';
import { makeWorld, projectOf, recordOf, type World } from './_world.ts';

const asked = { execution: 'run-1', startedAt: '2026-02-01T11:00:00.000Z', project: 'churn' };
const hour = '2026/02/01/10/';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
  await world.deploy([1]);
});

const rowsOf = async (datasetId: string) => {
  const manifest = await requireDataset(world.datasets.catalog, { project: 'churn', kind: 'predictions', datasetId });
  return world.engine.open(async (tables) => {
    await viewDataset(world.objects, tables, { name: 'predictions', manifest });
    const columns = await tables.columnsOf('FROM predictions');
    return { columns, rows: await tables.rows('FROM predictions'), manifest };
  });
};

describe('collect', () => {
  it('makes a typed data set of what the version answered in the window', async () => {
    await world.write(`${hour}a`, [
      recordOf(1),
      recordOf(2, { inputs: { age: null, late: true, plan: null, time: 3 } }),
    ]);
    await world.write(`${hour}b.gz`, [recordOf(3)]);
    const answer = await collect(world.collect, asked);
    expect(answer).toMatchObject({
      project: 'churn',
      projectVersion: 1,
      model: 'churn',
      modelVersion: 1,
      rowCount: 3,
      windowStart: '2026-01-31T11:00:00.000Z',
      windowEnd: '2026-02-01T11:00:00.000Z',
    });
    const { columns, rows, manifest } = await rowsOf(answer.datasetId);
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'prediction_id VARCHAR',
      'time_ TIMESTAMP',
      'entity_id VARCHAR',
      'prediction VARCHAR',
      'probability DOUBLE',
      'age DOUBLE',
      'late DOUBLE',
      'plan VARCHAR',
      'time DOUBLE',
    ]);
    expect(rows[0]).toEqual({
      prediction_id: 'p-1',
      time_: '2026-02-01 10:30:00',
      entity_id: 'c-1',
      prediction: 'no',
      probability: 0.17,
      age: 27,
      late: 0,
      plan: 'plus',
      time: 13,
    });
    expect(rows[1]).toMatchObject({ age: null, late: 1, plan: null });
    expect(manifest).toMatchObject({ kind: 'predictions', rowCount: 3, producer: { step: 'collect' } });
  });

  it('takes each prediction once, and no other model, version or time', async () => {
    await world.write(`${hour}a`, [
      recordOf(1),
      recordOf(1),
      recordOf(2, { model_version: '2' }),
      recordOf(3, { model_name: 'fraud' }),
      recordOf(4, { time: '2026-01-31T10:59:59.999Z' }),
      recordOf(5, { time: '2026-01-31T11:00:00.000Z' }),
      recordOf(6, { time: '2026-02-01T11:00:00.000Z' }),
    ]);
    // Delivered again, and late.
    await world.write('2026/02/01/11/b', [recordOf(1), recordOf(7)]);
    const { rows } = await rowsOf((await collect(world.collect, asked)).datasetId);
    expect(rows.map((row) => row.prediction_id)).toEqual(['p-5', 'p-1', 'p-7']);
  });

  it('is not stopped by lines that are no records', async () => {
    await world.write(`${hour}a`, [
      '{"prediction_id": "cut off',
      recordOf(1),
      '[1, 2]',
      recordOf(2, { inputs: {} }),
      { ...recordOf(3), inputs: { age: 'forty', plan: 7 } },
      { ...recordOf(4), time: 'yesterday' },
    ]);
    const { rows } = await rowsOf((await collect(world.collect, asked)).datasetId);
    expect(rows.map((row) => row.prediction_id)).toEqual(['p-1', 'p-2', 'p-3']);
    expect(rows[2]).toMatchObject({ age: null, plan: '7', late: null });
  });

  it('gives an empty data set for a window without traffic', async () => {
    const answer = await collect(world.collect, asked);
    expect(answer.rowCount).toBe(0);
    const { columns, rows } = await rowsOf(answer.datasetId);
    expect(rows).toEqual([]);
    expect(columns).toContainEqual({ name: 'age', type: 'DOUBLE' });
  });

  it('finds its own work again, and makes another data set once the ledger has delivered more', async () => {
    await world.write(`${hour}a`, [recordOf(1)]);
    const first = await collect(world.collect, asked);
    expect((await collect(world.collect, asked)).datasetId).toBe(first.datasetId);
    await world.write(`${hour}b`, [recordOf(2)]);
    const second = await collect(world.collect, asked);
    expect(second).toMatchObject({ rowCount: 2 });
    expect(second.datasetId).not.toBe(first.datasetId);
  });

  it('watches the stable version while a canary is tried, by the features it was trained on', async () => {
    await world.register({ second: 'yes' });
    await world.deploy([1, 2]);
    const views = projectOf().featureViews;
    const features = [
      { name: 'age', type: 'number' },
      { name: 'income', type: 'number' },
    ];
    await world.apply(projectOf({ featureViews: [{ ...views[0], features }] }), 2);
    const answer = await collect(world.collect, asked);
    expect(answer).toMatchObject({ modelVersion: 1, projectVersion: 2 });
    const { columns } = await rowsOf(answer.datasetId);
    expect(columns.map(({ name }) => name)).toEqual(expect.arrayContaining(['plan', 'late']));
    expect(columns.map(({ name }) => name)).not.toContain('income');
  });

  it('takes the same from compacted hours as from lines', async () => {
    const records = Array.from({ length: 40 }, (_, i) =>
      recordOf(i, i % 3 === 0 ? { inputs: { age: 'old', plan: 7 } } : {}),
    );
    await world.write(`${hour}a.gz`, [...records, recordOf(5), 'no record', recordOf(50, { model_name: 'fraud' })]);
    const fromLines = await rowsOf((await collect(world.collect, asked)).datasetId);
    const { ledger, datasets, engine } = world.collect;
    const clock = { now: () => new Date('2026-02-01T12:20:00Z') };
    const { hours } = await compactLedger({ ledger, engine, digest: datasets.digest, clock });
    expect(hours).toHaveLength(1);
    const again = await collect(world.collect, asked);
    expect(again.datasetId).not.toBe(fromLines.manifest.datasetId);
    const { rows, columns } = await rowsOf(again.datasetId);
    expect([rows, columns]).toEqual([fromLines.rows, fromLines.columns]);
    expect(rows).toHaveLength(40);
  });

  it('watches no input that the ledger hides', async () => {
    const key = 'k'.repeat(32);
    await world.deploy([1], { redaction: { omit: ['age'], hash: ['plan'], key } });
    await world.write(`${hour}a`, [recordOf(1, { inputs: { late: 1, plan: 'a'.repeat(32), time: 13 } })]);
    const { columns } = await rowsOf((await collect(world.collect, asked)).datasetId);
    expect(columns.map(({ name }) => name)).toEqual([
      'prediction_id',
      'time_',
      'entity_id',
      'prediction',
      'probability',
      'late',
      'time',
    ]);
  });

  it('says what is missing', async () => {
    await expect(collect(world.collect, { ...asked, project: 'fraud' })).rejects.toMatchObject({
      code: 'PROJECT_NOT_FOUND',
    });
    const undeployed = await makeWorld();
    await expect(collect(undeployed.collect, asked)).rejects.toMatchObject({
      code: 'DEPLOYMENT_NOT_FOUND',
      message: expect.stringContaining('deploy a version of it first'),
    });
  });
});

describe('the window', () => {
  it('is what was asked, or the hours of the project before the end', () => {
    const start = '2026-02-01T10:00:00.000Z';
    expect(windowOf({ ...asked, start }, 24).start.toISOString()).toBe(start);
    expect(windowOf({ ...asked, end: start }, 2).start.toISOString()).toBe('2026-02-01T08:00:00.000Z');
  });

  it('must last', () => {
    expect(() => windowOf({ ...asked, start: asked.startedAt }, 24)).toThrow(/not before its end/);
  });

  it('looks in the hours from its start to one after its end, over days, months and years', async () => {
    const ledger = memoryObjectStore();
    const hours = [
      '2025/12/31/21',
      '2025/12/31/22',
      '2025/12/31/23',
      '2026/01/01/00',
      '2026/01/01/01',
      '2026/01/01/02',
    ];
    for (const folder of hours) await ledger.put(`ledger/${folder}/x`, 'line');
    await ledger.put('ledger/2025/12/31/23/empty', '');
    const window = { start: new Date('2025-12-31T22:10:00Z'), end: new Date('2026-01-01T00:20:00Z') };
    const { lines } = await ledgerObjects(ledger, { model: 'churn', window });
    expect(lines.map(({ key }) => key)).toEqual(hours.slice(1, 5).map((folder) => `ledger/${folder}/x`));
  });
});
