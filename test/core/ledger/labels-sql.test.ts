import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import type { Tables } from '#core/features/index.ts';
import { labelledSql, labelsSql, matchedLabelsSql } from '#core/ledger/index.ts';

interface P {
  readonly prediction_id: string;
  readonly entity_id: string;
  readonly at: number;
}
interface L {
  readonly prediction_id?: string;
  readonly entity_id?: string;
  readonly time?: number;
  readonly label: string;
  readonly received: number;
}

const iso = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString();

/** The law, said without SQL. */
const predictionOf = (predictions: readonly P[], label: L): P | undefined => {
  if (label.prediction_id !== undefined) return predictions.find((p) => p.prediction_id === label.prediction_id);
  const before = predictions.filter((p) => p.entity_id === label.entity_id && p.at <= (label.time ?? 0));
  return before.sort((a, b) => a.at - b.at || (a.prediction_id < b.prediction_id ? -1 : 1)).at(-1);
};
const labelled = (predictions: readonly P[], labels: readonly L[]): Map<string, string> => {
  const newest = new Map<string, L>();
  for (const label of labels) {
    const id = predictionOf(predictions, label)?.prediction_id;
    const known = id === undefined ? undefined : newest.get(id);
    const isNewer =
      !known || label.received > known.received || (label.received === known.received && label.label > known.label);
    if (id !== undefined && isNewer) newest.set(id, label);
  }
  return new Map([...newest].map(([id, { label }]) => [id, label]));
};

const seconds = fc.integer({ min: 0, max: 12 });
const entity = fc.constantFrom('a', 'b', "c'd");
const prediction = fc.record({ entity_id: entity, at: seconds });
const label = fc.oneof(
  fc.record({ entity_id: entity, time: seconds, label: fc.constantFrom('yes', 'no', 'Zoë "x"'), received: seconds }),
  fc.record({
    prediction_id: fc.integer({ min: 0, max: 9 }).map((n) => `p${n}`),
    label: fc.constantFrom('yes', '7'),
    received: seconds,
  }),
);

const joined = async (tables: Tables, predictions: readonly P[], labels: readonly L[]) => {
  const rows = predictions.map(
    (p) => `('${p.prediction_id}', '${p.entity_id.replace("'", "''")}', TIMESTAMP '${iso(p.at).slice(0, -1)}')`,
  );
  const none = "SELECT '' AS prediction_id, '' AS entity_id, TIMESTAMP '2026-01-01' AS answered_at WHERE FALSE";
  const p =
    rows.length === 0 ? none : `SELECT * FROM (VALUES ${rows.join(', ')}) t(prediction_id, entity_id, answered_at)`;
  const file = tables.localPath('labels.jsonl');
  const lines = labels.map(({ received, time, ...rest }) => ({
    ...rest,
    ...(time !== undefined && { time: iso(time) }),
    received_at: iso(received),
  }));
  await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const matched = matchedLabelsSql(p, labelsSql(labels.length === 0 ? [] : [file]));
  const found = await tables.rows(labelledSql(matched));
  const [unmatched] = await tables.rows(`SELECT count(*) AS n FROM (${matched}) WHERE matched_id IS NULL`);
  return { labels: new Map(found.map((row) => [row.prediction_id, row.label])), unmatched: unmatched?.n };
};

describe('labels and predictions', () => {
  it('meet as the law says: by id, or the newest prediction for the entity at or before; the newest label counts', async () => {
    await duckDbEngine().open((tables) =>
      fc.assert(
        fc.asyncProperty(
          fc.array(prediction, { maxLength: 9 }),
          fc.array(label, { maxLength: 12 }),
          async (some, labels) => {
            const predictions = some.map((p, n): P => ({ ...p, prediction_id: `p${n}` }));
            const found = await joined(tables, predictions, labels);
            expect(found.labels).toEqual(labelled(predictions, labels));
            const distinct = new Set(
              labels
                .filter((one) => !predictionOf(predictions, one))
                .map((one) => JSON.stringify(Object.entries(one).sort())),
            );
            expect(found.unmatched).toBe(distinct.size);
          },
        ),
        { numRuns: 60 },
      ),
    );
  }, 60_000);
});
