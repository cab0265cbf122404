import type { ExpectationResult } from '#contracts/validation.ts';
import { isEngineError, type TableColumn, type Tables } from '../features/tables/index.ts';
import { PlatformError } from '../shared/errors.ts';
import { conditionSql } from './condition-sql.ts';
import { countOf, type Domain } from './domain.ts';
import { CannotJudge, type Plan } from './plan.ts';
import { measureTwice, tableSql, type Validated } from './scan.ts';
import type { Asked, Suite } from './suite.ts';

interface Planned {
  readonly asked: Asked;
  readonly plan?: Plan;
  /** Why there is no plan. */
  readonly problem?: string;
}

const planFor = (asked: Asked, columns: readonly TableColumn[], { bounds, missing }: Validated): Planned => {
  try {
    const when = asked.rows && conditionSql(asked.rows, columns);
    const domain: Domain = { columns, when, bounds, missing };
    const plan = asked.plan(domain);
    return { asked, plan: { ...plan, aggregates: { row_count: countOf(domain), ...plan.aggregates } } };
  } catch (error) {
    if (error instanceof CannotJudge) return { asked, problem: error.message };
    throw error;
  }
};

const refusePattern = (asked: Asked, words: string): PlatformError => {
  const pattern = JSON.stringify(asked.kwargs.regex ?? asked.kwargs.regex_list);
  return new PlatformError(
    'SUITE_INVALID',
    `${asked.type}: the regex ${pattern} cannot be used: ${words}; RE2 has no look-around and no back-references`,
    { type: asked.type },
  );
};

// A pattern that the engine cannot read would sink the whole scan: it is tried on no data first.
const checkPatterns = async (tables: Tables, planned: readonly Planned[], table: string): Promise<void> => {
  for (const { asked, plan } of planned) {
    if (!plan || !('regex' in asked.kwargs || 'regex_list' in asked.kwargs)) continue;
    const tries = Object.values(plan.aggregates).join(', ');
    await tables.rows(`SELECT ${tries} FROM (FROM ${table} LIMIT 1)`).catch((error: unknown) => {
      throw isEngineError(error) ? refusePattern(asked, error.message) : error;
    });
  }
};

const config = ({ type, kwargs, severity }: Asked) => ({ type, kwargs: { ...kwargs }, severity });

const notJudged = ({ asked, problem = '' }: Planned): ExpectationResult => ({
  success: false,
  expectation_config: config(asked),
  result: {},
  exception_info: { raised_exception: true, exception_message: problem },
});

/**
 * Judges every expectation of a suite on a table, the view `dataset` unless another is named: one scan of the data, and
 * one more when something does not fit. Results come in the suite's order, in Great Expectations' shape.
 * @throws SUITE_INVALID for a pattern or a bound that cannot be used with the column
 */
export const runSuite = async (
  tables: Tables,
  suite: Suite,
  validated: Validated = {},
): Promise<ExpectationResult[]> => {
  const columns = await tables.columnsOf(`FROM ${validated.from ?? 'dataset'}`);
  const planned = suite.asked.map((asked) => planFor(asked, columns, validated));
  const table = (numbered: boolean): string => tableSql(columns, validated, numbered);
  await checkPatterns(tables, planned, table(false));
  const plans = planned.flatMap(({ plan }) => plan ?? []);
  const measured = await measureTwice(tables, plans, table);
  return planned.map((one) => {
    if (!one.plan) return notJudged(one);
    const { success, result } = one.plan.judge(measured[plans.indexOf(one.plan)] ?? {});
    return { success, expectation_config: config(one.asked), result: { ...result } };
  });
};
