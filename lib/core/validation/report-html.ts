import type { ExpectationResult, ValidationReport } from '#contracts/validation.ts';
import { allowedBy, observedIn } from './report.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML shows it, also inside attributes. */
export const escapeHtml = (value: unknown): string => String(value).replaceAll(/[&<>"']/g, (c) => entities[c] ?? c);

const style = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b2430}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.45rem .6rem;border-bottom:1px solid #dde3ea}
td{overflow-wrap:anywhere}th{background:#f4f6f9}.pass{color:#14713d}.fail{color:#b3261e;font-weight:600}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:#5a6675}dd{margin:0}`;

const row = (result: ExpectationResult): string => {
  const { type, kwargs, severity } = result.expectation_config;
  const verdict = result.success ? '<td class="pass">passed</td>' : '<td class="fail">failed</td>';
  const cells = [severity, type, kwargs.column ?? '', observedIn(result), allowedBy(result)];
  return `<tr>${verdict}${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
};

const failedFirst = (results: readonly ExpectationResult[]): ExpectationResult[] => [
  ...results.filter(({ success }) => !success),
  ...results.filter(({ success }) => success),
];

const facts = ({ meta, statistics }: ValidationReport): string =>
  Object.entries({
    'Data set': meta.dataset_id,
    Rows: meta.row_count,
    Validated: meta.validation_time,
    Expectations: `${statistics.successful_expectations} of ${statistics.evaluated_expectations} passed`,
  })
    .map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`)
    .join('');

/** The report as one page that needs nothing from elsewhere. */
export const reportHtml = (report: ValidationReport): string => {
  const title = escapeHtml(`Data quality: ${report.meta.project} (${report.suite_name})`);
  const verdict = report.success ? '<span class="pass">passed</span>' : '<span class="fail">failed</span>';
  const head = ['Verdict', 'Severity', 'Expectation', 'Column', 'Seen', 'Allowed'].map(
    (h) => `<th scope="col">${h}</th>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${style}</style></head>
<body><h1>${title}: ${verdict}</h1><dl>${facts(report)}</dl>
<table><thead><tr>${head.join('')}</tr></thead><tbody>
${failedFirst(report.results).map(row).join('\n')}
</tbody></table></body></html>
`;
};
