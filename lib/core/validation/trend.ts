import type { ExpectationResult, ExpectationTrend, TrendPoint, ValidationReport } from '#contracts/validation.ts';
import { canonicalJson } from '../features/index.ts';

/** Earlier reports that a trend looks back at. */
export const TREND_REPORTS = 20;

/** The same question in another report is the same expectation. */
const identityOf = ({ expectation_config: { type, kwargs } }: ExpectationResult): string =>
  canonicalJson([type, kwargs]);

const measureOf = ({ result }: ExpectationResult): ExpectationTrend['measures'] =>
  'unexpected_percent' in result ? 'unexpected_percent' : 'observed_value';

const valueIn = (result: ExpectationResult): number | null => {
  const value = result.result[measureOf(result)];
  return typeof value === 'number' ? value : null;
};

const pointOf = ({ meta }: ValidationReport, result: ExpectationResult): TrendPoint => ({
  reportId: meta.report_id ?? '',
  time: meta.validation_time,
  success: result.success,
  value: valueIn(result),
});

/** Is an earlier report about the same as this one? */
const comparable = (report: ValidationReport, earlier: ValidationReport): boolean =>
  earlier.suite_name === report.suite_name &&
  earlier.meta.checked === report.meta.checked &&
  earlier.meta.validation_time < report.meta.validation_time;

/** Each expectation of a report over the runs up to it, oldest first. `earlier` may be in any order. */
export const trendOf = (report: ValidationReport, earlier: readonly ValidationReport[]): ExpectationTrend[] => {
  const runs = [...earlier.filter((one) => comparable(report, one)), report]
    .sort((a, b) => (a.meta.validation_time < b.meta.validation_time ? -1 : 1))
    .slice(-TREND_REPORTS);
  const points = new Map<string, TrendPoint[]>();
  for (const run of runs)
    for (const result of run.results) {
      const identity = identityOf(result);
      const known = points.get(identity) ?? [];
      // A suite may ask the same twice: a run is one point all the same.
      if (known.at(-1)?.time !== run.meta.validation_time) points.set(identity, [...known, pointOf(run, result)]);
    }
  return report.results.map((result) => {
    const { type, kwargs } = result.expectation_config;
    return { type, kwargs, measures: measureOf(result), points: points.get(identityOf(result)) ?? [] };
  });
};
