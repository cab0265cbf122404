import type { CardTable, Section } from './section.ts';

// What Markdown would take for a table, a heading, markup or HTML.
const escaped = (text: string): string =>
  text.replaceAll(/[\\`*_{}[\]<>#|~]/g, (c) => `\\${c}`).replaceAll(/\s+/g, ' ');
const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;

const tableText = ({ caption, head, rows }: CardTable): string =>
  [`**${escaped(caption)}**`, '', line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');

const sectionText = ({ title, text = [], facts = [], tables = [], code, plots = [] }: Section): string =>
  [
    `## ${escaped(title)}`,
    ...text.map(escaped),
    ...(code ? [`\`\`\`sh\n${code}\n\`\`\``] : []),
    ...(facts.length > 0 ? [facts.map(([name, value]) => `- **${escaped(name)}**: ${escaped(value)}`).join('\n')] : []),
    ...tables.map(tableText),
    ...plots.map(({ name }) => `![${escaped(name)}](../plots/${encodeURIComponent(name)}.png)`),
  ].join('\n\n');

/** The card as Markdown; plots are those that lie beside the model. */
export const cardMarkdown = (title: string, subtitle: string, sections: readonly Section[]): string =>
  `${[`# ${escaped(title)}`, escaped(subtitle), ...sections.map(sectionText)].join('\n\n')}\n`;
