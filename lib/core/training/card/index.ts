import { aboutSection, limitsSection } from './about-section.ts';
import type { CardFacts } from './facts.ts';
import { cardHtml } from './html.ts';
import { cardMarkdown } from './markdown.ts';
import { dataSection, reproduceSection } from './origin-section.ts';
import { gateSection, performanceSection } from './performance-section.ts';
import type { Section } from './section.ts';
import { trustSection, warningsSection } from './trust-section.ts';

export { candidateRow } from './candidate-row.ts';
export type { CandidateRow, CardFacts } from './facts.ts';
export { cardPlots } from './plots.ts';

/** Both texts of a model card, as trainingFiles names them. */
export interface ModelCard {
  readonly markdown: string;
  readonly html: string;
}

const sectionsOf = (facts: CardFacts): Section[] => [
  aboutSection(facts),
  limitsSection(facts),
  performanceSection(facts),
  gateSection(facts),
  trustSection(facts),
  ...warningsSection(facts),
  dataSection(facts),
  reproduceSection(facts),
];

/**
 * One page about a model: what it is for, how good it is, what it passed, what it was made of and how to make it again.
 * The HTML needs nothing from elsewhere.
 * @example modelCard(facts).markdown // '# churn, version 3 …'
 */
export const modelCard = (facts: CardFacts): ModelCard => {
  const { project, version, madeAt, result } = facts;
  const title = version === undefined ? `Model ${project.name}` : `Model ${project.name}, version ${version}`;
  const subtitle = `${result.candidate}, ${result.problem}, trained ${madeAt}`;
  const sections = sectionsOf(facts);
  return { markdown: cardMarkdown(title, subtitle, sections), html: cardHtml(title, subtitle, sections) };
};
