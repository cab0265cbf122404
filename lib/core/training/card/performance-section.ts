import type { CandidateRow, CardFacts } from './facts.ts';
import { bytesText, type CardTable, figure, type Section, secondsText } from './section.ts';

const metricsTable = ({ result }: CardFacts): CardTable => {
  const names = [...new Set([...Object.keys(result.validationMetrics), ...Object.keys(result.testMetrics)])];
  return {
    caption: 'Metrics of the chosen model',
    head: ['metric', 'validation', 'test'],
    rows: names.map((name) => [name, figure(result.validationMetrics[name]), figure(result.testMetrics[name])]),
  };
};

const confusionTable = ({ result }: CardFacts): CardTable[] => {
  const { confusionMatrix } = result;
  if (!confusionMatrix) return [];
  const { classes, counts } = confusionMatrix;
  const at = result.threshold === undefined ? '' : ` at threshold ${figure(result.threshold)}`;
  return [
    {
      caption: `Test rows by class and answer${at}`,
      head: ['is', ...classes.map((name) => `answered ${name}`)],
      rows: classes.map((name, i) => [name, ...(counts[i] ?? []).map(String)]),
    },
  ];
};

const MOST_CHARACTERS = 90;
const shortened = (text: string): string =>
  text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;

const candidateCells = (row: CandidateRow, { result }: CardFacts): string[] => [
  row.candidate === result.candidate ? `${row.candidate} (chosen)` : row.candidate,
  figure(row.cvScore),
  figure(row.test[result.metric]),
  String(row.trials),
  row.seconds === undefined ? '–' : secondsText(row.seconds),
  row.onnxBytes === undefined ? '–' : bytesText(row.onnxBytes),
  row.failure === undefined ? figure(row.parityMaxAbsDiff) : shortened(row.failure),
];

const candidatesTable = (facts: CardFacts): CardTable => {
  const { metric } = facts.result;
  return {
    caption: `Candidates, chosen by ${metric}`,
    head: ['candidate', `${metric}, cross-validated`, `${metric}, test`, 'trials', 'time', 'ONNX', 'parity or failure'],
    rows: facts.candidates.map((row) => candidateCells(row, facts)),
  };
};

const paramsText = ({ result }: CardFacts): string =>
  Object.entries(result.params)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? figure(value) : value}`)
    .join(' · ') || 'none';

/** How well the chosen model does, beside the others. */
export const performanceSection = (facts: CardFacts): Section => ({
  title: 'How good it is',
  text: [
    `${facts.result.foldScores.length} folds of the training split gave ${facts.result.foldScores.map(figure).join(', ')} for ${facts.result.metric}; the test split was not touched before the end.`,
  ],
  facts: [['Parameters found', paramsText(facts)]],
  tables: [metricsTable(facts), ...confusionTable(facts), candidatesTable(facts)],
  plots: facts.plots,
});

/** What it had to pass before it was registered. */
export const gateSection = ({ gate, result }: CardFacts): Section => {
  const { production } = result;
  const compared = production?.metrics.map(({ metric, candidate, production: before, gain, shareWorse, margin }) => [
    metric,
    figure(candidate),
    figure(before),
    `${figure(gain.value)} (${figure(gain.low)} to ${figure(gain.high)})`,
    `${figure(shareWorse)} by more than ${figure(margin)}`,
  ]);
  return {
    title: `Gates: ${gate.passed ? 'all passed' : 'refused'}`,
    ...(production?.notComparable && {
      text: [`Not compared with version ${production.version} in production: ${production.notComparable}.`],
    }),
    tables: [
      {
        caption: 'Verdicts',
        head: ['gate', 'value', 'limit', 'verdict'],
        rows: gate.verdicts.map((v) => [
          `${v.gate}: ${v.name}`,
          figure(v.value),
          v.limit,
          v.passed ? 'passed' : `refused: ${v.message}`,
        ]),
      },
      ...(production && compared && compared.length > 0
        ? [
            {
              caption: `Beside version ${production.version} in production, same test rows`,
              head: ['metric', 'this model', 'production', 'gain, 95 % interval', 'share of samples worse'],
              rows: compared,
            },
          ]
        : []),
    ],
  };
};
