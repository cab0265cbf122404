import { duckDbEngine } from '#adapters/duckdb/duckdb-engine.ts';
import type { ExpectationResult } from '#contracts/validation.ts';
import { parseSuite, runSuite } from '#core/validation/index.ts';

const engine = duckDbEngine();

/**
 * Ten rows made by hand:
 * id 1…10, age 10, 20 … 90 and one null, city (3 Bern, 3 Oslo, 2 Rome, 1 null, 1 ""), paid, joined, a pair with one repeat.
 */
const PEOPLE = `CREATE VIEW dataset AS FROM (VALUES
  (1, 10.0, 'Bern', true,  DATE '2026-01-01', 1, 1),
  (2, 20.0, 'Bern', true,  DATE '2026-01-02', 1, 2),
  (3, 30.0, 'Bern', true,  DATE '2026-01-03', 1, 3),
  (4, 40.0, 'Oslo', false, DATE '2026-01-04', 2, 1),
  (5, 50.0, 'Oslo', false, DATE '2026-01-05', 2, 2),
  (6, 60.0, 'Oslo', true,  DATE '2026-01-06', 2, 2),
  (7, 70.0, 'Rome', true,  DATE '2026-01-07', 3, NULL),
  (8, 80.0, 'Rome', true,  DATE '2026-01-08', 3, NULL),
  (9, 90.0, NULL,   true,  DATE '2026-01-09', NULL, NULL),
  (10, NULL, '',    true,  DATE '2026-01-10', NULL, NULL)
) t(id, age, city, paid, joined, a, b)`;

export type Asking = readonly [type: string, kwargs: object];

/** Judges expectations on the ten rows, or on another view. */
export const judged = (asked: readonly Asking[], view = PEOPLE): Promise<ExpectationResult[]> =>
  engine.open(async (tables) => {
    await tables.run(view);
    const expectations = asked.map(([type, kwargs]) => ({ type, kwargs }));
    return runSuite(tables, parseSuite(JSON.stringify({ name: 'people', expectations }), 'suite.json'));
  });

export const judgedOne = async (type: string, kwargs: object, view?: string): Promise<ExpectationResult> =>
  (await judged([[type, kwargs]], view))[0]!;
