import { toBase64 } from '../../shared/base64.ts';
import { escapeHtml } from '../../shared/escape-html.ts';
import { cardStyle } from './card-style.ts';
import type { CardPlot } from './facts.ts';
import type { CardTable, Section } from './section.ts';

const NUMBER = /^[-–]?[\d.]*(e[-+]\d+)?$/;
const cell = (text: string): string => `<td${NUMBER.test(text) ? ' class="number"' : ''}>${escapeHtml(text)}</td>`;

const row = ([name = '', ...cells]: readonly string[]): string =>
  `<tr${/\(chosen\)$/.test(name) ? ' class="chosen"' : ''}><th scope="row">${escapeHtml(name)}</th>${cells.map(cell).join('')}</tr>`;

const tableHtml = ({ caption, head, rows }: CardTable): string =>
  `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${head
    .map((name) => `<th scope="col">${escapeHtml(name)}</th>`)
    .join('')}</tr></thead><tbody>
${rows.map(row).join('\n')}
</tbody></table>`;

const plotHtml = ({ name, png }: CardPlot): string =>
  `<figure><img alt="${escapeHtml(name)}" src="data:image/png;base64,${toBase64(png)}"></figure>`;

const factsHtml = (facts: NonNullable<Section['facts']>): string =>
  `<dl>${facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;

const sectionHtml = ({ title, text = [], facts = [], tables = [], code, plots = [] }: Section): string =>
  [
    `<section><h2>${escapeHtml(title)}</h2>`,
    ...text.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    ...(code ? [`<pre>${escapeHtml(code)}</pre>`] : []),
    ...(facts.length > 0 ? [factsHtml(facts)] : []),
    ...(tables.length > 0 ? [`<div class="tables">${tables.map(tableHtml).join('\n')}</div>`] : []),
    ...(plots.length > 0 ? [`<div class="plots">${plots.map(plotHtml).join('\n')}</div>`] : []),
    '</section>',
  ].join('\n');

/** The card as one page that loads nothing and runs nothing. */
export const cardHtml = (title: string, subtitle: string, sections: readonly Section[]): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>${cardStyle}</style></head><body>
<h1>${escapeHtml(title)}</h1>
<p class="subtitle">${escapeHtml(subtitle)}</p>
${sections.map(sectionHtml).join('\n')}
</body></html>
`;
