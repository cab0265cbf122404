import type { ExpectationResult, ExpectationTrend, ValidationReport } from '#contracts/validation.ts';
import { escapeHtml } from '../shared/escape-html.ts';
import { allowedBy, columnsIn, observedIn } from './report.ts';
import { reportStyle } from './report-style.ts';
import { sparkline } from './sparkline.ts';

interface Line {
  readonly result: ExpectationResult;
  readonly trend: ExpectationTrend | undefined;
}

const name = (type: string): string => type.replace(/^expect_/, '').replaceAll('_', ' ');

const rowNumbers = ({ result }: ExpectationResult): string => {
  const rows = result.partial_unexpected_index_list;
  if (!Array.isArray(rows) || rows.length === 0) return '';
  const counts = (result.partial_unexpected_counts ?? []) as { value: unknown; count: number }[];
  const values = counts.map(
    ({ value, count }) => `<tr><td>${escapeHtml(JSON.stringify(value))}</td><td>${count}</td></tr>`,
  );
  return `<details><summary>the first ${rows.length}</summary><p>Rows, from 0: ${escapeHtml(rows.join(', '))}</p>
<table class="values"><tr><th>value</th><th>times</th></tr>${values.join('')}</table></details>`;
};

const row = ({ result, trend }: Line): string => {
  const { type, kwargs, severity } = result.expectation_config;
  const verdict = result.success ? '<td class="pass">met</td>' : `<td class="fail ${severity}">not met</td>`;
  const rows =
    kwargs.row_condition == null
      ? ''
      : `<br><small>of rows ${escapeHtml(JSON.stringify(kwargs.row_condition))}</small>`;
  const what = `<td title="${escapeHtml(type)}">${escapeHtml(name(type))}${rows}</td>`;
  const seen = `<td>${escapeHtml(observedIn(result))}${rowNumbers(result)}</td>`;
  const cells = `<td>${escapeHtml(severity)}</td>${what}<td>${escapeHtml(columnsIn(result))}</td>${seen}`;
  return `<tr>${verdict}${cells}<td>${escapeHtml(allowedBy(result))}</td><td>${trend ? sparkline(trend) : ''}</td></tr>`;
};

const failedFirst = (lines: readonly Line[]): Line[] => [
  ...lines.filter(({ result }) => !result.success),
  ...lines.filter(({ result }) => result.success),
];

const facts = ({ meta, statistics }: ValidationReport): string =>
  Object.entries({
    'Data set': meta.dataset_id,
    Rows: meta.row_count.toLocaleString('en'),
    Validated: meta.validation_time,
    Expectations: `${statistics.successful_expectations} of ${statistics.evaluated_expectations} are met`,
  })
    .map(([fact, value]) => `<dt>${escapeHtml(fact)}</dt><dd>${escapeHtml(value)}</dd>`)
    .join('');

/** The report as one page that needs nothing from elsewhere and runs nothing; what is not met comes first. */
export const reportHtml = (report: ValidationReport, trend: readonly ExpectationTrend[] = []): string => {
  const title = escapeHtml(`Data quality: ${report.meta.project} (${report.suite_name})`);
  const verdict = report.success ? '<span class="pass">all met</span>' : '<span class="fail">not all met</span>';
  const heads = ['Verdict', 'Severity', 'Expectation', 'Column', 'Seen', 'Allowed', 'Last runs'];
  const head = heads.map((h) => `<th scope="col">${h}</th>`).join('');
  const lines = report.results.map((result, i) => ({ result, trend: trend[i] }));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>${title}</title><style>${reportStyle}</style></head>
<body><h1>${title}: ${verdict}</h1><dl>${facts(report)}</dl>
<table><thead><tr>${head}</tr></thead><tbody>
${failedFirst(lines).map(row).join('\n')}
</tbody></table></body></html>
`;
};
