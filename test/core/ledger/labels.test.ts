import { beforeEach, describe, expect, it } from '@jest/globals';
import { PostLabels, StoredLabel } from '#contracts/ledger.ts';
import { compactLedger, labelCoverage, postLabels } from '#core/ledger/index.ts';
import { redact } from '#core/serving/ledger/redaction.ts';
import { KEY, makeWorld, recordOf, type World } from './_world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
const post = (labels: PostLabels['labels'], by = 'u-1') => postLabels(world.deps, { model: 'churn', labels }, by);
const at = (time: string) => {
  world.state.now = new Date(time);
};

describe('labels', () => {
  it('are kept as one object by their content, once however often a retry sends them', async () => {
    const labels = [
      { prediction_id: 'p-1', label: 'yes' },
      { entity_id: 7, time: '2026-02-01T10:00:00.000Z', label: 'no' },
    ];
    expect(await post(labels)).toEqual({ accepted: 2, model: 'churn' });
    at('2026-02-01T12:20:40.000Z');
    await post(labels);
    const [key = '', ...others] = await world.keys('labels/');
    expect([others, key]).toEqual([
      [],
      expect.stringMatching(/^labels\/model=churn\/hour=2026-02-01-12\/20-[0-9a-f]{64}\.jsonl$/),
    ]);
    const lines = (await world.text(key))
      .trimEnd()
      .split('\n')
      .map((line) => StoredLabel.parse(JSON.parse(line)));
    expect(lines).toEqual([
      { prediction_id: 'p-1', label: 'yes', received_at: '2026-02-01T12:20:00.000Z', by: 'u-1' },
      {
        entity_id: '7',
        time: '2026-02-01T10:00:00.000Z',
        label: 'no',
        received_at: '2026-02-01T12:20:00.000Z',
        by: 'u-1',
      },
    ]);
    await post(labels.slice(1));
    await post(labels, 'u-2');
    expect(await world.keys('labels/')).toHaveLength(3);
  });

  it('are corrected, and corrected back', async () => {
    await world.write('2026/02/01/10/a', [recordOf('p-1')]);
    for (const [minute, label] of ['yes', 'no', 'yes'].entries()) {
      at(`2026-02-01T12:2${minute}:00.000Z`);
      await post([{ prediction_id: 'p-1', label }]);
    }
    const files = await world.keys('labels/');
    expect(files).toHaveLength(3);
    const told = await Promise.all(files.map(async (key) => JSON.parse(await world.text(key))));
    const last = told.reduce((one, other) => (other.received_at > one.received_at ? other : one));
    expect(last).toMatchObject({ label: 'yes', received_at: '2026-02-01T12:22:00.000Z' });
  });

  it('name an entity as the ledger does', async () => {
    const redaction = { omit: [], hash: ['customer_id'], key: KEY };
    world = await makeWorld({ redaction });
    await post([{ entity_id: 7, time: '2026-02-01T10:00:00.000Z', label: 'yes' }]);
    const [key = ''] = await world.keys('labels/');
    const hashed = redact(redaction, world.deps.digest, 'customer_id').entityId('7');
    expect(JSON.parse(await world.text(key)).entity_id).toBe(hashed);
    await world.write('2026/02/01/10/a', [recordOf('p-1', { entity_id: hashed, time: '2026-02-01T09:59:00.000Z' })]);
    expect(await labelCoverage(world.deps, 'churn', {})).toMatchObject({ predictions: 1, labelled: 1, unmatched: 0 });
  });

  it('must name predictions where the ledger does not say who they are about', async () => {
    world = await makeWorld({ redaction: { omit: ['customer_id'], hash: [], key: KEY } });
    await post([{ prediction_id: 'p-1', label: 'yes' }]);
    await expect(post([{ entity_id: 7, time: '2026-02-01T10:00:00.000Z', label: 'yes' }])).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('customer_id'),
    });
    expect(await world.keys('labels/')).toHaveLength(1);
  });

  it('are for a model that is deployed, and name a prediction in one way', async () => {
    await expect(
      postLabels(world.deps, { model: 'nobody', labels: [{ prediction_id: 'p', label: 1 }] }, 'u'),
    ).rejects.toMatchObject({
      code: 'DEPLOYMENT_NOT_FOUND',
      message: 'nobody was never deployed, deployed are churn; deploy a version of it first, or correct the name',
      details: { model: 'nobody', deployed: ['churn'] },
    });
    const both = { prediction_id: 'p', entity_id: 'c', time: '2026-02-01T10:00:00.000Z', label: 1 };
    for (const label of [both, { label: 1 }, { entity_id: 'c', label: 1 }, { prediction_id: 'p' }])
      expect(PostLabels.safeParse({ model: 'churn', labels: [label] }).success).toBe(false);
  });
});

describe('label coverage', () => {
  it('counts the same over lines and Parquet: predictions, labelled ones, labels for none, and the median wait', async () => {
    await world.write('2026/02/01/10/a', [
      recordOf('p-1'),
      recordOf('p-2', { entity_id: 'c-2' }),
      recordOf('p-3', { entity_id: 'c-3' }),
    ]);
    await world.write('2026/02/01/11/a.gz', [
      recordOf('p-3', { entity_id: 'c-3' }),
      recordOf('p-4', { time: '2026-02-01T11:30:00.000Z' }),
      recordOf('x', { model_name: 'fraud' }),
    ]);
    at('2026-02-01T12:30:00.000Z');
    await post([
      { prediction_id: 'p-1', label: 'yes' },
      { entity_id: 'c-2', time: '2026-02-01T11:00:00.000Z', label: 'no' },
      { entity_id: 'c-1', time: '2026-02-01T12:00:00.000Z', label: 'no' },
      { prediction_id: 'nobody', label: 'no' },
      { entity_id: 'c-3', time: '2026-02-01T10:29:00.000Z', label: 'yes' },
    ]);
    const whole = {
      model: 'churn',
      start: '2026-01-25T12:30:00.000Z',
      end: '2026-02-01T12:30:00.000Z',
      predictions: 4,
      labelled: 3,
      unmatched: 2,
      coverage: 0.75,
      medianLagSeconds: 7_200,
    };
    expect(await labelCoverage(world.deps, 'churn', {})).toEqual(whole);
    const window = { start: '2026-02-01T10:00:00.000Z', end: '2026-02-01T11:00:00.000Z' };
    // The label for c-1 at 12:00 is that of its later prediction, which this window does not hold.
    const part = { ...whole, ...window, predictions: 3, labelled: 2, unmatched: 2, coverage: 2 / 3 };
    expect(await labelCoverage(world.deps, 'churn', window)).toEqual(part);
    await compactLedger(world.deps);
    expect(await world.keys('predictions-compacted/')).toHaveLength(2);
    expect(await labelCoverage(world.deps, 'churn', {})).toEqual(whole);
    expect(await labelCoverage(world.deps, 'churn', window)).toEqual(part);
  });

  it('is nothing without predictions, and refuses windows that cannot be', async () => {
    expect(await labelCoverage(world.deps, 'churn', {})).toMatchObject({
      predictions: 0,
      coverage: null,
      medianLagSeconds: null,
    });
    const day = '2026-02-01T00:00:00.000Z';
    await expect(labelCoverage(world.deps, 'churn', { start: day, end: day })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
    await expect(labelCoverage(world.deps, 'churn', { start: '2025-12-01T00:00:00.000Z' })).rejects.toThrow('31 days');
    await world.write('2026/02/01/10/a', [recordOf('p-1')]);
    const { list } = world.deps.ledger;
    const huge: typeof list = async (prefix) =>
      (await list(prefix)).map((object) => ({ ...object, bytes: 300_000_000 }));
    const ledger = { ...world.deps.ledger, list: huge };
    await expect(labelCoverage({ ...world.deps, ledger }, 'churn', {})).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('300000000 bytes'),
    });
    await expect(labelCoverage(world.deps, 'nobody', {})).rejects.toMatchObject({ code: 'DEPLOYMENT_NOT_FOUND' });
  });
});
