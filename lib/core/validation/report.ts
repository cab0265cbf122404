import type { ExpectationResult, ValidationReport } from '#contracts/validation.ts';

export interface ReportFacts {
  readonly suiteName: string;
  readonly project: string;
  readonly datasetId: string;
  readonly rowCount: number;
  readonly time: Date;
}

/** The report of a suite's results, as Great Expectations sums them up. */
export const reportOf = (results: ExpectationResult[], facts: ReportFacts): ValidationReport => {
  const successful = results.filter(({ success }) => success).length;
  return {
    success: successful === results.length,
    suite_name: facts.suiteName,
    statistics: {
      evaluated_expectations: results.length,
      successful_expectations: successful,
      unsuccessful_expectations: results.length - successful,
      success_percent: results.length === 0 ? 100 : (successful / results.length) * 100,
    },
    results,
    meta: {
      project: facts.project,
      dataset_id: facts.datasetId,
      row_count: facts.rowCount,
      validation_time: facts.time.toISOString(),
    },
  };
};

const short = (value: unknown, most = 300): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > most ? `${text.slice(0, most)}…` : text;
};

/** What was seen, in a few words. @example observedIn(result) // '3 of 100 do not fit (3.00 %), such as [null,"x"]' */
export const observedIn = ({ result, exception_info: exception }: ExpectationResult): string => {
  if (exception) return exception.exception_message;
  if ('unexpected_count' in result) {
    const filled = Number(result.element_count) - Number(result.missing_count ?? 0);
    const share = Number(result.unexpected_percent).toFixed(2);
    const some = result.partial_unexpected_list as unknown[];
    const examples = some.length > 0 ? `, such as ${short(some.slice(0, 5))}` : '';
    return `${result.unexpected_count} of ${filled} do not fit (${share} %)${examples}`;
  }
  return 'observed_value' in result ? short(result.observed_value) : 'it does not hold';
};

/** What the suite allows. @example allowedBy(result) // '{"min_value":18}' */
export const allowedBy = ({ expectation_config: { kwargs } }: ExpectationResult): string => {
  const { column, ...allowed } = kwargs;
  return short(allowed);
};

/** One line: expectation, column, seen, allowed. */
export const failureLine = (failed: ExpectationResult): string => {
  const { type, kwargs } = failed.expectation_config;
  const column = kwargs.column === undefined ? '' : ` of ${kwargs.column}`;
  return `${type}${column}: seen ${observedIn(failed)}; allowed ${allowedBy(failed)}`;
};
