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
