import { type ExpectationType, expectationKwargs } from '#contracts/expectations.ts';
import { type Expectation, ExpectationSuite } from '#contracts/validation.ts';
import { didYouMean } from '../features/tables/index.ts';
import { type ErrorDetails, PlatformError } from '../shared/errors.ts';
import { aggregateExpectations } from './aggregate-expectations.ts';
import type { Condition } from './condition.ts';
import type { Domain } from './domain.ts';
import { multicolumnExpectations } from './multicolumn-expectations.ts';
import { orderExpectations } from './order-expectations.ts';
import { pairExpectations } from './pair-expectations.ts';
import { patternExpectations } from './pattern-expectations.ts';
import type { Plan, Planners } from './plan.ts';
import { quantileExpectations } from './quantile-expectations.ts';
import { readRows } from './row-condition.ts';
import { setExpectations } from './set-expectations.ts';
import { parseSuiteJson } from './suite-json.ts';
import { tableExpectations } from './table-expectations.ts';
import { uniqueExpectations } from './unique-expectations.ts';
import { valueExpectations } from './value-expectations.ts';
import { zScoreExpectations } from './z-score-expectations.ts';

const planners: Planners = {
  ...tableExpectations,
  ...valueExpectations,
  ...patternExpectations,
  ...orderExpectations,
  ...uniqueExpectations,
  ...pairExpectations,
  ...multicolumnExpectations,
  ...setExpectations,
  ...aggregateExpectations,
  ...quantileExpectations,
  ...zScoreExpectations,
};

/** Names of every expectation that can be judged. */
export const knownExpectations = Object.keys(planners) as readonly ExpectationType[];

/** One expectation of a suite, checked, ready to be planned for a table. */
export interface Asked {
  readonly type: ExpectationType;
  /** As the suite wrote them. */
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly severity: Expectation['severity'];
  /** The rows that it is about; undefined: all. */
  readonly rows?: Condition | undefined;
  plan(domain: Domain): Plan;
}

export interface Suite {
  readonly name: string;
  readonly asked: readonly Asked[];
}

const invalid = (file: string, what: string, details: ErrorDetails = {}): PlatformError =>
  new PlatformError('SUITE_INVALID', `${file}: ${what}`, { file, ...details });

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}
const sentence = (issues: readonly Issue[]): string =>
  issues
    .map(({ path, message }) => (path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message))
    .join('; ');

const isKnown = (type: string): type is ExpectationType => Object.hasOwn(planners, type);

const planned = <T extends ExpectationType>(type: T, kwargs: Expectation['kwargs']) => {
  const parsed = expectationKwargs[type].safeParse(kwargs);
  if (!parsed.success) return { problem: sentence(parsed.error.issues) };
  const read = readRows(kwargs);
  if ('problem' in read) return read;
  // The planner sees its own arguments alone: which rows they are about is in the domain.
  const { row_condition: _, condition_parser: __, ...own } = parsed.data as Record<string, unknown>;
  const planner = planners[type] as (kwargs: unknown, domain: Domain) => Plan;
  return { rows: read.condition, plan: (domain: Domain) => planner(own, domain) };
};

const ask = (file: string, expectation: Expectation, index: number): Asked => {
  const type = expectation.type ?? expectation.expectation_type ?? '';
  const where = `expectation ${index + 1} (${type || 'without a type'})`;
  if (!isKnown(type))
    throw invalid(
      file,
      `${where} is not known${didYouMean(type, knownExpectations)}; known are: ${knownExpectations.join(', ')}`,
      { type },
    );
  const made = planned(type, expectation.kwargs);
  if ('problem' in made) throw invalid(file, `${where}: ${made.problem}`, { type, index });
  return { type, kwargs: expectation.kwargs, severity: expectation.severity, ...made };
};

/** One expectation of the platform's own making. @throws SUITE_INVALID */
export const askOne = (type: ExpectationType, kwargs: Expectation['kwargs']): Asked =>
  ask('contract', { type, kwargs, severity: 'critical' }, 0);

/**
 * Reads a Great Expectations suite: 1.x (`type`, `name`) and 0.18 (`expectation_type`, `expectation_suite_name`).
 * @throws SUITE_INVALID with the expectation, the argument and what is allowed
 */
export const parseSuite = (text: string, file: string): Suite => {
  const parsed = ExpectationSuite.safeParse(parseSuiteJson(text, file));
  if (!parsed.success) throw invalid(file, sentence(parsed.error.issues));
  const { name, expectation_suite_name: oldName, expectations } = parsed.data;
  return { name: name ?? oldName ?? file, asked: expectations.map((one, i) => ask(file, one, i)) };
};
