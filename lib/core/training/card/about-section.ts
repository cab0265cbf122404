import { trainedFeatures } from '#core/features/index.ts';
import type { CardFacts } from './facts.ts';
import type { Section } from './section.ts';

const task = ({ project: { label }, result: { problem } }: CardFacts): string => {
  if (problem === 'regression') return `the number ${label.name}`;
  if (problem === 'multiclass-classification') return `which class of ${label.name} holds`;
  return `the probability that ${label.name} is ${label.positive}`;
};

const answer = ({ result }: CardFacts): string => {
  if (result.problem === 'regression') return 'It answers a number.';
  if (result.threshold === undefined)
    return 'It answers the most probable class, and a probability of each (of all together 1).';
  return `It answers yes from a probability of ${result.threshold} on.`;
};

/** What it is for, and what it is not for. */
export const aboutSection = (facts: CardFacts): Section => {
  const { project, result } = facts;
  const names = trainedFeatures(project).map(({ name }) => name);
  const key = project.serving.entityKey;
  return {
    title: 'What it predicts',
    text: [
      ...(project.description ? [project.description] : []),
      `For a ${key} it predicts ${task(facts)}, by ${result.candidate}. ${answer(facts)}`,
    ],
    facts: [['Features', `${names.length}: ${names.join(', ')}`]],
  };
};

const shift = ({ project }: CardFacts): string =>
  `It knows the world of its training data only. Every prediction is compared with it over windows of ${project.monitoring.windowHours} hours; ` +
  (project.monitoring.retrain ? 'severe drift trains it again.' : 'severe drift is an alarm and nothing more.');

const fairnessLimit = ({ project, result }: CardFacts): string[] => {
  if (result.problem !== 'binary-classification') return [];
  if (!result.fairness)
    return ['Whether it treats groups of people alike was not measured: the project names no columns for it.'];
  const { minimumDemographicParityRatio: ratio, maximumEqualizedOddsDifference: odds } = project.fairness ?? {};
  return ratio === undefined && odds === undefined
    ? ['Differences between groups of people are shown below; no limit was set for them.']
    : [];
};

/** What whoever uses it must know. */
export const limitsSection = (facts: CardFacts): Section => ({
  title: 'Intended use and limits',
  text: [
    `Meant for what the project says: ${facts.project.description ?? 'it has no description'}`,
    `Its figures hold for cases like the ${facts.result.rows.test} of the test split, which were drawn from the same data as the training rows. Other uses were not tested.`,
    shift(facts),
    'Importances say what the model leans on, not what causes the outcome.',
    ...fairnessLimit(facts),
  ],
});
