import { describe, expect, it } from '@jest/globals';
import { s3DatasetCatalog } from '#adapters/aws/s3-dataset-catalog.ts';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import { memoryObjectStore } from '#adapters/memory/memory-object-store.ts';
import { systemDigest } from '#adapters/system/system.ts';
import { appendOffline, type OfflineRow, viewRows } from '#core/features/index.ts';
import { someView } from '#test/helpers/some-definitions.ts';

const version = someView('usage', [
  'minutes',
  { name: 'calls', type: 'integer' },
  { name: 'roams', type: 'boolean' },
  { name: 'plan', type: 'string' },
  { name: 'paid_at', type: 'timestamp' },
]);
const row = (changes: Partial<OfflineRow> = {}): OfflineRow => ({
  key: { customer_id: '007' },
  values: { minutes: 0.1, calls: 3, roams: true, plan: 'a "b"\nü', paid_at: 1_772_323_200.25 },
  event: new Date('2026-03-01T12:00:00.125Z'),
  created: new Date('2026-03-01T12:00:01Z'),
  ...changes,
});

const world = () => {
  const objects = memoryObjectStore();
  const deps = { objects, digest: systemDigest, catalog: s3DatasetCatalog(objects) };
  return {
    objects,
    append: (rows: readonly OfflineRow[]) => appendOffline(deps, version, rows),
    read: () =>
      duckDbEngine().open(async (tables) => {
        await viewRows(deps, tables, { version, name: 'pushed' });
        return tables.rows(
          'SELECT *, typeof(calls) AS of_calls, typeof(paid_at) AS of_paid_at FROM pushed ORDER BY customer_id',
        );
      }),
  };
};

describe('appendOffline', () => {
  it('is still read when a key, a time or a value is none that the definition knows', async () => {
    const { append, read, objects } = world();
    await append([row()]);
    const pushed = { customer_id: '008', event_timestamp: '2026-03-01T12:00:00Z', created_timestamp: null };
    const lines = [
      { ...pushed, minutes: 'many', calls: 3.5, roams: 'plenty', plan: 7, paid_at: 'soon' },
      { ...pushed, event_timestamp: '+055840-01-01T00:00:00.000Z' },
    ];
    const key = 'projects/churn/datasets/pushed/usage/earlier.jsonl';
    await objects.put(key, lines.map((line) => JSON.stringify(line)).join('\n'));
    const [first, second, ...others] = await read();
    expect(first).toMatchObject({ customer_id: '007', calls: 3 });
    expect(second).toMatchObject({
      customer_id: '008',
      minutes: null,
      calls: null,
      roams: null,
      plan: '7',
      paid_at: null,
    });
    expect(others).toEqual([]);
  });

  it('leaves out keys that are no numbers where the entity has numbers', async () => {
    const { objects } = world();
    const numbered = { ...version, entities: [{ name: 'customer', joinKey: 'customer_id', type: 'number' as const }] };
    const deps = { objects, digest: systemDigest, catalog: s3DatasetCatalog(objects) };
    await appendOffline(
      deps,
      numbered,
      ['7', 'seven', '7.5'].map((id) => row({ key: { customer_id: id } })),
    );
    const keys = await duckDbEngine().open(async (tables) => {
      await viewRows(deps, tables, { version: numbered, name: 'pushed' });
      return tables.rows('SELECT customer_id FROM pushed');
    });
    expect(keys).toEqual([{ customer_id: 7 }]);
  });

  it('leaves rows that are read in their declared types', async () => {
    const { append, read } = world();
    const missing = { minutes: null, calls: null, roams: null, plan: null, paid_at: null };
    await append([row(), row({ key: { customer_id: '008' }, values: missing })]);
    const rows = await read();
    expect(rows[0]).toMatchObject({
      customer_id: '007',
      minutes: 0.1,
      calls: 3,
      roams: true,
      plan: 'a "b"\nü',
      paid_at: '2026-03-01 00:00:00.25',
      event_timestamp: '2026-03-01 12:00:00.125',
      created_timestamp: '2026-03-01 12:00:01',
      of_calls: 'BIGINT',
      of_paid_at: 'TIMESTAMP',
    });
    expect(rows[1]).toMatchObject({ customer_id: '008', ...missing });
  });

  it('of the same rows again adds nothing, of others a file', async () => {
    const { append, read, objects } = world();
    for (let i = 0; i < 3; i++) await append([row()]);
    await append([row({ key: { customer_id: '009' } })]);
    expect(await objects.list('projects/churn/datasets/pushed/usage/')).toHaveLength(2);
    expect(await read()).toHaveLength(2);
  });

  it('writes nothing without rows', async () => {
    const { append, objects } = world();
    await append([]);
    expect(await objects.list('')).toEqual([]);
  });
});
