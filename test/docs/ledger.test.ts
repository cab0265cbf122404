import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostLabels } from '#contracts/ledger.ts';
import { compactLedger, postLabels } from '#core/ledger/index.ts';
import { explanation, makeWorld, recordOf } from '#test/core/ledger/_world.ts';

const page = readFileSync('docs/ledger.md', 'utf8');
const queries = [...page.matchAll(/```sql\n([^`]*)```/g)].map(([, query = '']) => query);

let folder: string;

/** A ledger with predictions of a compacted hour, and labels for two of them, as files. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  const world = await makeWorld();
  const inputs = { tenure_months: 7 };
  const moved = { ...explanation, values: { tenure_months: 0.5 } };
  const records = [recordOf('p-1', { inputs, explanation: moved }), recordOf('p-2', { inputs, prediction: 'yes' })];
  await world.write('2026/02/01/10/a', [...records, recordOf('x', { model_name: 'fraud' })]);
  await world.write('2026/02/01/10/b.gz', [...records.slice(0, 1), 'broken']);
  await compactLedger(world.deps);
  const labels = ['p-1', 'p-2'].map((id) => ({ prediction_id: id, label: 'yes' }));
  await postLabels(world.deps, { model: 'churn', labels }, 'ann');
  for (const { key } of await world.deps.ledger.list('')) {
    const file = join(folder, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, (await world.deps.ledger.get(key)) ?? '');
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As whoever asks the files, not as the platform, which confines SQL. */
const answer = async (query: string | undefined) => {
  const instance = await DuckDBInstance.create();
  try {
    const reply = await (await instance.connect()).runAndReadAll((query ?? '').replaceAll('s3://LEDGER', folder));
    return reply.getRowObjectsJson();
  } finally {
    instance.closeSync();
  }
};

describe('docs/ledger.md', () => {
  it('posts labels by a call that the platform takes', () => {
    const [, headers, body = ''] = /curl ([^\n]*)\/labels" -d '([^']*)'/.exec(page) ?? [];
    expect(headers).toContain('-H "Content-Type: application/json"');
    expect(PostLabels.parse(JSON.parse(body)).labels).toHaveLength(2);
  });

  it('asks compacted hours', async () => {
    expect(await answer(queries[0])).toEqual([
      { model_version: '1', prediction: 'no', predictions: '1', probability: 0.25, tenure: 7, moved_by_tenure: 0.5 },
      { model_version: '1', prediction: 'yes', predictions: '1', probability: 0.25, tenure: 7, moved_by_tenure: null },
    ]);
  });

  it('asks lines, each prediction once', async () => {
    const ids = (await answer(queries[1])).map(({ prediction_id }) => prediction_id);
    expect(ids.sort()).toEqual(['p-1', 'p-2']);
  });

  it('asks how often a model was right', async () => {
    expect(await answer(queries[2])).toEqual([{ model_version: '1', labelled: '2', accuracy: 0.5 }]);
    expect(queries).toHaveLength(3);
  });
});
