import type { ExpectationResult } from '#contracts/validation.ts';
import { identifier, isEngineError, type Row, type TableColumn, type Tables } from '../features/index.ts';
import { PlatformError } from '../shared/errors.ts';
import { CannotJudge, type Plan, type Sample, VIEW } from './plan.ts';
import type { Asked, Suite } from './suite.ts';

interface Planned {
  readonly asked: Asked;
  readonly plan?: Plan;
  /** Why there is no plan. */
  readonly problem?: string;
}

const planFor = (asked: Asked, columns: readonly TableColumn[]): Planned => {
  try {
    return { asked, plan: asked.plan(columns) };
  } catch (error) {
    if (error instanceof CannotJudge) return { asked, problem: error.message };
    throw error;
  }
};

// A pattern that the engine cannot read would sink the whole scan: it is tried on no data first.
const checkPatterns = async (tables: Tables, planned: readonly Planned[]): Promise<void> => {
  for (const { asked, plan } of planned) {
    if (!plan || !('regex' in asked.kwargs)) continue;
    const tries = Object.values(plan.aggregates).join(', ');
    await tables.rows(`SELECT ${tries} FROM (FROM ${VIEW} LIMIT 1)`).catch((error: unknown) => {
      if (!isEngineError(error)) throw error;
      throw new PlatformError(
        'SUITE_INVALID',
        `${asked.type}: the regex ${JSON.stringify(asked.kwargs.regex)} cannot be used: ${error.message}; RE2 has no ` +
          'look-around and no back-references',
        { type: asked.type },
      );
    });
  }
};

/** Every distinct aggregate of all plans in one scan; what one plan asks for twice, or two plans, is computed once. */
const measure = async (tables: Tables, plans: readonly Plan[]): Promise<readonly Row[]> => {
  const names = new Map<string, string>([['count(*)', 'a0']]);
  for (const sql of plans.flatMap((plan) => Object.values(plan.aggregates)))
    if (!names.has(sql)) names.set(sql, `a${names.size}`);
  const selected = [...names].map(([sql, name]) => `${sql} AS ${identifier(name)}`);
  const [row = {}] = await tables.rows(`SELECT ${selected.join(', ')} FROM ${VIEW}`);
  const value = (sql: string) => row[names.get(sql) ?? ''] ?? null;
  return plans.map((plan) => ({
    row_count: value('count(*)'),
    ...Object.fromEntries(Object.entries(plan.aggregates).map(([name, sql]) => [name, value(sql)])),
  }));
};

const NO_SAMPLE: Sample = { count: null, values: [] };

/** Looks once more for the plans that found something wrong: all in one statement. */
const lookCloser = async (tables: Tables, plans: readonly Plan[], measured: readonly Row[]): Promise<Sample[]> => {
  const wanted = plans.flatMap(({ sample, wantsSample }, i) =>
    sample && wantsSample?.(measured[i] ?? {}) ? [`SELECT ${i} AS plan, * FROM (${sample})`] : [],
  );
  const samples = plans.map(() => NO_SAMPLE);
  if (wanted.length === 0) return samples;
  for (const { plan, count, sample } of await tables.rows(wanted.join(' UNION ALL '))) {
    const values = JSON.parse(String(sample ?? '[]')) as unknown[];
    samples[Number(plan)] = { count: count === null ? null : Number(count), values };
  }
  return samples;
};

const config = ({ type, kwargs, severity }: Asked) => ({ type, kwargs: { ...kwargs }, severity });

const notJudged = ({ asked, problem = '' }: Planned): ExpectationResult => ({
  success: false,
  expectation_config: config(asked),
  result: {},
  exception_info: { raised_exception: true, exception_message: problem },
});

/**
 * Judges every expectation of a suite on the view `dataset`: one scan of the data, and one more when something does not
 * fit. Results come in the suite's order, in Great Expectations' shape.
 * @throws SUITE_INVALID for a pattern or a bound that cannot be used with the column
 */
export const runSuite = async (tables: Tables, suite: Suite): Promise<ExpectationResult[]> => {
  const columns = await tables.columnsOf(`FROM ${VIEW}`);
  const planned = suite.asked.map((asked) => planFor(asked, columns));
  await checkPatterns(tables, planned);
  const plans = planned.flatMap(({ plan }) => plan ?? []);
  const measured = await measure(tables, plans);
  const samples = await lookCloser(tables, plans, measured);
  return planned.map((one) => {
    if (!one.plan) return notJudged(one);
    const at = plans.indexOf(one.plan);
    const { success, result } = one.plan.judge(measured[at] ?? {}, samples[at] ?? NO_SAMPLE);
    return { success, expectation_config: config(one.asked), result: { ...result } };
  });
};
