import type { ExpectationResult, ValidationReport } from '#contracts/validation.ts';

export interface ReportFacts {
  readonly suiteName: string;
  readonly project: string;
  readonly datasetId: string;
  readonly rowCount: number;
  readonly time: Date;
  readonly reportId?: string | undefined;
  readonly checked?: ValidationReport['meta']['checked'];
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
      ...(facts.reportId !== undefined && { report_id: facts.reportId }),
      ...(facts.checked !== undefined && { checked: facts.checked }),
    },
  };
};

const short = (value: unknown, most = 300): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > most ? `${text.slice(0, most)}…` : text;
};

const valuesOutside = (result: ExpectationResult['result']): string => {
  const { unexpected_count: more = 0, missing_count: less = 0 } = result;
  const parts = [
    ...(Number(more) > 0
      ? [`${more} values are not in the set, such as ${short(result.partial_unexpected_list)}`]
      : []),
    ...(Number(less) > 0 ? [`${less} values of the set are absent: ${short(result.partial_missing_list)}`] : []),
  ];
  return parts.length === 0 ? 'the values fit' : parts.join('; ');
};

/** What was seen, in a few words. @example observedIn(result) // '3 of 100 do not fit (3.00 %), such as [null,"x"]' */
export const observedIn = ({ result, exception_info: exception }: ExpectationResult): string => {
  if (exception) return exception.exception_message;
  if ('element_count' in result) {
    const filled = Number(result.element_count) - Number(result.missing_count ?? 0);
    const share = Number(result.unexpected_percent ?? 0).toFixed(2);
    const some = result.partial_unexpected_list as unknown[];
    const examples = some.length > 0 ? `, such as ${short(some.slice(0, 5))}` : '';
    return `${result.unexpected_count} of ${filled} do not fit (${share} %)${examples}`;
  }
  if ('partial_unexpected_list' in result || 'partial_missing_list' in result) return valuesOutside(result);
  return 'observed_value' in result ? short(result.observed_value) : 'it does not hold';
};

/** Names of the columns that an expectation is about. */
export const columnsIn = ({ expectation_config: { kwargs } }: ExpectationResult): string =>
  [kwargs.column, kwargs.column_A, kwargs.column_B, kwargs.column_list]
    .flat()
    .filter((name) => typeof name === 'string')
    .join(', ');

/** What the suite allows. @example allowedBy(result) // '{"min_value":18}' */
export const allowedBy = ({ expectation_config: { kwargs } }: ExpectationResult): string => {
  const allowed = Object.entries(kwargs).filter(
    ([name]) => !['column', 'row_condition', 'condition_parser'].includes(name),
  );
  return short(Object.fromEntries(allowed));
};

/** One line: expectation, column, seen, allowed. */
export const failureLine = (failed: ExpectationResult): string => {
  const { type } = failed.expectation_config;
  const columns = columnsIn(failed);
  return `${type}${columns === '' ? '' : ` of ${columns}`}: seen ${observedIn(failed)}; allowed ${allowedBy(failed)}`;
};
