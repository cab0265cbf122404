import type { ViewHealth } from '#contracts/features.ts';
import { escapeHtml } from '../shared/escape-html.ts';
import { percent } from './report-text.ts';

const HOUR_SECONDS = 3_600;
const age = (seconds: number | undefined): string =>
  seconds === undefined ? '' : `${(seconds / HOUR_SECONDS).toFixed(1)} h`;

/** The feature with most missing values: the others are better. */
const missing = (shares: ViewHealth['nullShare']): string => {
  const [most] = Object.entries(shares).sort(([, a], [, b]) => b - a);
  return most && most[1] > 0 ? `${most[0]} ${percent(most[1])}` : 'none';
};

const row = (health: ViewHealth): string => {
  const { view, version, materializedUntil, freshnessSeconds, availability, nullShare, driftedFeatures } = health;
  const cells = [
    String(version),
    materializedUntil ?? '',
    age(freshnessSeconds),
    availability === undefined ? '' : percent(availability),
    missing(nullShare),
    driftedFeatures.join(', ') || 'none',
  ];
  const drifted = driftedFeatures.length > 0 ? 'drifted' : '';
  return `<tr class="${drifted}"><th scope="row">${escapeHtml(view)}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
};

/** How well the project's feature views are; nothing where none were measured. */
export const viewTable = (views: readonly ViewHealth[]): string => {
  if (views.length === 0) return '';
  const head = ['View', 'Version', 'Online until', 'Age', 'Look-ups that found a value', 'Most missing', 'Drifted'];
  return `<table><caption>Feature views</caption>
<thead><tr>${head.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead><tbody>${views.map(row).join('\n')}</tbody></table>`;
};
