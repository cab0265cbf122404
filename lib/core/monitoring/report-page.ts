import type { ColumnDrift, DriftReport, DriftVerdict } from '#contracts/monitoring.ts';
import { escapeHtml } from '../shared/escape-html.ts';
import type { ComparedColumn, Comparison } from './compare.ts';
import { pageStyle } from './report-style.ts';
import { percent } from './report-text.ts';
import { viewTable } from './report-views.ts';
import type { Sketch } from './sketch.ts';

const pValue = (p: number): string => (p < 0.0001 ? '&lt; 0.0001' : p.toFixed(4));

const sentences: Readonly<Record<DriftVerdict, string>> = {
  none: 'The data looks like what the model was trained on.',
  warning: 'Some features have moved away from what the model was trained on.',
  severe: 'Many features have moved away from what the model was trained on: it should be trained again.',
  'not-enough-data': 'There were too few predictions in the window to judge.',
};

const HEIGHT = 36;
const WIDTH = 180;

/** Reference as grey bars, current as narrower coloured ones over them. */
const histogram = ({ labels, reference, current }: Sketch): string => {
  const step = WIDTH / Math.max(1, labels.length);
  const tallest = Math.max(...reference, ...current, Number.MIN_VALUE);
  const bar = (share: number, i: number, look: { name: string; inset: number }): string => {
    const height = (share / tallest) * HEIGHT;
    const x = (i + look.inset) * step;
    const box = `x="${x.toFixed(1)}" y="${(HEIGHT - height).toFixed(1)}" width="${(step * (1 - 2 * look.inset)).toFixed(1)}"`;
    return `<rect class="${look.name}" ${box} height="${height.toFixed(1)}"/>`;
  };
  const bins = labels.map((label, i) => {
    const [before, now] = [reference[i] ?? 0, current[i] ?? 0];
    const title = `<title>${escapeHtml(label)}: reference ${percent(before)}, current ${percent(now)}</title>`;
    const bars = bar(before, i, { name: 'before', inset: 0.05 }) + bar(now, i, { name: 'now', inset: 0.3 });
    return `<g>${title}${bars}</g>`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">${bins.join('')}</svg>`;
};

const missing = (drift: ColumnDrift): string =>
  drift.missing ? `${percent(drift.missing.reference)} → ${percent(drift.missing.current)}` : '';

const row = ({ drift, sketch }: ComparedColumn): string => `<tr class="${drift.drifted ? 'drifted' : ''}">
<th scope="row">${escapeHtml(drift.column)}</th><td>${drift.drifted ? 'drifted' : 'steady'}</td>
<td class="number">${drift.effect.toFixed(3)}</td><td class="number">${pValue(drift.pValue)}</td>
<td>${escapeHtml(drift.test)}</td><td class="number">${missing(drift)}</td><td>${histogram(sketch)}</td></tr>`;

const table = (caption: string, columns: readonly ComparedColumn[]): string => {
  if (columns.length === 0) return '';
  const head = ['Column', 'Verdict', 'Effect', 'p-value', 'Test', 'Missing', 'Reference (grey) and current'];
  const rows = [...columns].sort((a, b) => b.drift.effect - a.drift.effect).map(row);
  return `<table><caption>${escapeHtml(caption)}</caption>
<thead><tr>${head.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
};

const facts = (report: DriftReport): string => {
  const drifted = report.columns.filter((column) => column.drifted).length;
  const pairs: readonly (readonly [string, string])[] = [
    ['Model', `${report.model}, version ${report.modelVersion}`],
    ['Window', `${report.windowStart} to ${report.windowEnd}`],
    ['Predictions', String(report.currentRows)],
    ['Reference', `${report.referenceRows} rows, data set ${report.referenceDatasetId}`],
    ['Drifted features', `${drifted} of ${report.columns.length} (${percent(report.driftedShare)})`],
    ['Report', `${report.reportId}, made ${report.createdAt}`],
  ];
  return `<dl>${pairs.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
};

/** The report as a page of its own: it loads nothing and runs nothing, features with the largest change first. */
export const reportPage = (report: DriftReport, { columns, prediction }: Comparison): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>Drift of ${escapeHtml(report.project)}</title>
<style>${pageStyle}</style></head><body>
<h1>Drift of ${escapeHtml(report.project)}</h1>
<p class="verdict ${report.verdict}"><strong>${escapeHtml(report.verdict)}</strong> ${sentences[report.verdict]}</p>
${facts(report)}
${table('Features', columns)}
${table('Predictions', prediction ? [prediction] : [])}
${viewTable(report.views ?? [])}
</body></html>
`;
