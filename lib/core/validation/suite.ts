import { type ExpectationType, expectationKwargs } from '#contracts/expectations.ts';
import { type Expectation, ExpectationSuite } from '#contracts/validation.ts';
import { didYouMean, type TableColumn } from '../features/index.ts';
import { type ErrorDetails, PlatformError } from '../shared/errors.ts';
import { aggregateExpectations } from './aggregate-expectations.ts';
import type { Plan, Planners } from './plan.ts';
import { tableExpectations } from './table-expectations.ts';
import { uniqueExpectations } from './unique-expectations.ts';
import { valueExpectations } from './value-expectations.ts';

const planners: Planners = {
  ...tableExpectations,
  ...valueExpectations,
  ...uniqueExpectations,
  ...aggregateExpectations,
};

/** Names of every expectation that can be judged. */
export const knownExpectations = Object.keys(planners) as readonly ExpectationType[];

/** One expectation of a suite, checked, ready to be planned for a table. */
export interface Asked {
  readonly type: ExpectationType;
  /** As the suite wrote them. */
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly severity: Expectation['severity'];
  plan(columns: readonly TableColumn[]): Plan;
}

export interface Suite {
  readonly name: string;
  readonly asked: readonly Asked[];
}

const invalid = (file: string, what: string, details: ErrorDetails = {}): PlatformError =>
  new PlatformError('SUITE_INVALID', `${file}: ${what}`, { file, ...details });

const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(file, `is not JSON: ${error instanceof Error ? error.message : error}`);
  }
};

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}
const sentence = (issues: readonly Issue[]): string =>
  issues
    .map(({ path, message }) => (path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message))
    .join('; ');

const isKnown = (type: string): type is ExpectationType => Object.hasOwn(planners, type);

const planned = <T extends ExpectationType>(type: T, kwargs: unknown) => {
  const parsed = expectationKwargs[type].safeParse(kwargs);
  if (!parsed.success) return { problem: sentence(parsed.error.issues) };
  const planner = planners[type] as (kwargs: unknown, columns: readonly TableColumn[]) => Plan;
  return { plan: (columns: readonly TableColumn[]) => planner(parsed.data, columns) };
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
  const { problem, plan } = planned(type, expectation.kwargs);
  if (!plan) throw invalid(file, `${where}: ${problem}`, { type, index });
  return { type, kwargs: expectation.kwargs, severity: expectation.severity, plan };
};

/**
 * Reads a Great Expectations suite: 1.x (`type`, `name`) and 0.18 (`expectation_type`, `expectation_suite_name`).
 * @throws SUITE_INVALID with the expectation, the argument and what is allowed
 */
export const parseSuite = (text: string, file: string): Suite => {
  const parsed = ExpectationSuite.safeParse(parseJson(text, file));
  if (!parsed.success) throw invalid(file, sentence(parsed.error.issues));
  const { name, expectation_suite_name: oldName, expectations } = parsed.data;
  return { name: name ?? oldName ?? file, asked: expectations.map((one, i) => ask(file, one, i)) };
};
