import { beforeEach, describe, expect, it } from '@jest/globals';
import { compactLedger, ledgerObjects } from '#core/ledger/index.ts';
import { explanation, makeWorld, recordOf, type World } from './_world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});

const rowsOf = (key: string) =>
  world.deps.engine.open(async (tables) => {
    const file = tables.localPath('part.parquet');
    await world.deps.ledger.download(key, file);
    const rows = await tables.rows(`FROM read_parquet('${file}')`);
    return { rows, columns: await tables.columnsOf(`FROM read_parquet('${file}')`) };
  });
const part = (model: string, hour: string): string => `predictions/model=${model}/hour=${hour}/part-0.parquet`;

describe('compaction', () => {
  it('writes a finished hour as a typed part a model, each prediction once, by time', async () => {
    await world.write('2026/02/01/10/a', [
      recordOf('p-2', { time: '2026-02-01T10:31:00.125Z', probabilities: { yes: 0.2, no: 0.8 } }),
      recordOf('p-1'),
      recordOf('f-1', { model_name: 'fraud', prediction: 12.5 }),
      '{"prediction_id": "cut off',
      { ...recordOf('bad'), time: 'yesterday' },
      { ...recordOf('path'), model_name: '../../labels' },
      '[1]',
    ]);
    // Delivered twice, once before it was explained.
    await world.write('2026/02/01/10/b.gz', [recordOf('p-1', { explanation })]);
    const { hours, isBehind } = await compactLedger(world.deps);
    expect(isBehind).toBe(false);
    expect(hours).toEqual([
      expect.objectContaining({
        hour: '2026-02-01T10',
        objects: 2,
        rows: 3,
        refused: 4,
        repeated: 1,
        models: { churn: 2, fraud: 1 },
      }),
    ]);
    const { rows, columns } = await rowsOf(part('churn', '2026-02-01-10'));
    expect(columns.map(({ name, type }) => `${name} ${type.slice(0, 20)}`)).toEqual([
      'prediction_id VARCHAR',
      'time TIMESTAMP',
      'caller VARCHAR',
      'request_id VARCHAR',
      'model_name VARCHAR',
      'model_version VARCHAR',
      'variant VARCHAR',
      'entity_id VARCHAR',
      'inputs VARCHAR',
      'brought VARCHAR[]',
      'prediction VARCHAR',
      'probability DOUBLE',
      'probabilities MAP(VARCHAR, DOUBLE)',
      'latency_ms DOUBLE',
      'explanation STRUCT("method" VARC',
    ]);
    expect(rows).toEqual([
      expect.objectContaining({
        prediction_id: 'p-1',
        explanation: expect.stringContaining("'values': {'age': 0.75, 'plan': -0.25}"),
      }),
      expect.objectContaining({
        prediction_id: 'p-2',
        time: '2026-02-01 10:31:00.125',
        explanation: null,
        probability: 0.25,
      }),
    ]);
    expect(JSON.parse(String(rows[0]?.inputs))).toEqual(recordOf('p-1').inputs);
    expect((await rowsOf(part('fraud', '2026-02-01-10'))).rows).toEqual([
      expect.objectContaining({ prediction: '12.5' }),
    ]);
  });

  it('does each hour once, and again when more of it has come', async () => {
    await world.write('2026/02/01/10/a', [recordOf('p-1')]);
    expect((await compactLedger(world.deps)).hours).toHaveLength(1);
    expect((await compactLedger(world.deps)).hours).toHaveLength(0);
    await world.write('2026/02/01/10/late', [recordOf('p-2')]);
    world.state.now = new Date('2026-02-02T09:20:00.000Z');
    expect((await compactLedger(world.deps)).hours).toEqual([expect.objectContaining({ rows: 2 })]);
    expect((await rowsOf(part('churn', '2026-02-01-10'))).rows).toHaveLength(2);
  });

  it('waits for the delivery of an hour, and takes some hours a run, oldest first, over idle ones', async () => {
    for (const hour of ['01/22', '01/23', '02/03', '02/04', '02/05', '02/06', '02/07', '02/08'])
      await world.write(`2026/02/${hour}/a`, [recordOf(`p-${hour}`)]);
    world.state.now = new Date('2026-02-02T09:14:00.000Z');
    const first = await compactLedger(world.deps);
    expect(first.hours.map(({ hour }) => hour)).toEqual(
      ['01T22', '01T23', '02T03', '02T04', '02T05', '02T06'].map((h) => `2026-02-${h}`),
    );
    expect(first.isBehind).toBe(true);
    const second = await compactLedger(world.deps);
    expect([second.hours.map(({ hour }) => hour), second.isBehind]).toEqual([['2026-02-02T07'], false]);
    world.state.now = new Date('2026-02-02T09:15:00.000Z');
    expect((await compactLedger(world.deps)).hours.map(({ hour }) => hour)).toEqual(['2026-02-02T08']);
  });

  it('leaves the lines to readers until the marker is there, and repeats what was cut off', async () => {
    await world.write('2026/02/01/10/a', [recordOf('p-1')]);
    const { ledger } = world.deps;
    const put: typeof ledger.put = async () => {
      throw new Error('cut off');
    };
    await expect(compactLedger({ ...world.deps, ledger: { ...ledger, put } })).rejects.toThrow('cut off');
    const window = { start: new Date('2026-02-01T10:00:00Z'), end: new Date('2026-02-01T11:00:00Z') };
    const seen = async () => {
      const { parquet, lines } = await ledgerObjects(ledger, { model: 'churn', window });
      return [parquet.length, lines.length];
    };
    expect(await seen()).toEqual([0, 1]);
    await compactLedger(world.deps);
    expect(await seen()).toEqual([1, 0]);
  });

  it('does not do its whole past again after it stood still for weeks', async () => {
    for (const day of ['01', '02', '03']) await world.write(`2026/02/${day}/10/a`, [recordOf(`p-${day}`)]);
    world.state.now = new Date('2026-02-04T00:20:00.000Z');
    expect((await compactLedger(world.deps)).hours).toHaveLength(3);
    await world.write('2026/04/01/10/a', [recordOf('p-later')]);
    world.state.now = new Date('2026-04-01T12:20:00.000Z');
    expect((await compactLedger(world.deps)).hours.map(({ hour }) => hour)).toEqual(['2026-04-01T10']);
  });

  it('is not held up by an hour that cannot be read, and says which it is', async () => {
    await world.write('2026/02/01/09/a.gz', []);
    await world.deps.ledger.put('ledger/2026/02/01/09/a.gz', 'no gzip at all');
    await world.write('2026/02/01/10/a', [recordOf('p-1')]);
    await expect(compactLedger(world.deps)).rejects.toThrow('2026-02-01T09');
    expect(await world.keys('predictions-compacted/')).toEqual(['predictions-compacted/2026-02-01-10.json']);
  });

  it('counts the rows of a model whatever it is called, over all parts of an hour', async () => {
    for (const n of [1, 2])
      await world.write(`2026/02/01/10/${n}`, [recordOf(`p-${n}`, { model_name: 'constructor' })]);
    const { list } = world.deps.ledger;
    // As large as an hour's objects may be.
    const large: typeof list = async (prefix) =>
      (await list(prefix)).map((object) => ({ ...object, bytes: 600_000_000 }));
    const { hours } = await compactLedger({ ...world.deps, ledger: { ...world.deps.ledger, list: large } });
    expect(hours).toEqual([expect.objectContaining({ rows: 2, models: { constructor: 2 } })]);
    expect(await world.keys('predictions/')).toEqual(
      [0, 1].map((n) => `predictions/model=constructor/hour=2026-02-01-10/part-${n}.parquet`),
    );
  });

  it('keeps a record whose id stands on a broken line, too', async () => {
    await world.write('2026/02/01/10/a', [{ ...recordOf('p-1', { explanation }), time: 'yesterday' }, recordOf('p-1')]);
    expect((await compactLedger(world.deps)).hours).toEqual([
      expect.objectContaining({ rows: 1, refused: 1, repeated: 0 }),
    ]);
  });

  it('has nothing to do in an empty ledger, nor is it misled by a model that is called like an hour', async () => {
    expect(await compactLedger(world.deps)).toEqual({ hours: [], isBehind: false });
    await world.write('2026/02/01/10/a', [recordOf('p-1', { model_name: 'm-2026-01-01-01' })]);
    await compactLedger(world.deps);
    const window = { start: new Date('2026-02-01T10:00:00Z'), end: new Date('2026-02-01T11:00:00Z') };
    expect((await ledgerObjects(world.deps.ledger, { model: 'm-2026-01-01-01', window })).parquet).toHaveLength(1);
  });

  it('gives an hour of broken lines a marker all the same', async () => {
    await world.write('2026/02/01/10/a', ['no', 'record']);
    expect((await compactLedger(world.deps)).hours).toEqual([
      expect.objectContaining({ rows: 0, refused: 2, models: {} }),
    ]);
    expect((await compactLedger(world.deps)).hours).toEqual([]);
  });
});
