import type { Interval, TrainingResult } from '#contracts/training-result.ts';
import type { CardFacts } from './facts.ts';
import { type CardTable, figure, type Section } from './section.ts';

const MOST_FEATURES = 12;

/** Share of the greatest in its column: request fields are only mixed up, computed features have SHAP values alone. */
const weightIn = (values: Readonly<Record<string, number>>) => {
  const greatest = Math.max(0, ...Object.values(values)) || 1;
  return (name: string): number => (values[name] ?? 0) / greatest;
};

const importanceTable = ({ importances, shapImportances, metric }: TrainingResult): CardTable => {
  const [byShap, byMixing] = [weightIn(shapImportances), weightIn(importances)];
  const weight = (name: string): number => Math.max(byShap(name), byMixing(name));
  const names = [...new Set([...Object.keys(shapImportances), ...Object.keys(importances)])]
    .sort((a, b) => weight(b) - weight(a) || (a < b ? -1 : 1))
    .slice(0, MOST_FEATURES);
  return {
    caption: 'Features that matter most',
    head: ['feature', 'mean |SHAP|', `${metric} lost when mixed up`],
    rows: names.map((name) => [name, figure(shapImportances[name]), figure(importances[name])]),
  };
};

const interval = ({ value, low, high }: Interval): string =>
  value === null ? '–' : `${figure(value)} (${figure(low)} to ${figure(high)})`;

const fairnessTables = ({ fairness }: TrainingResult): CardTable[] =>
  (fairness?.columns ?? []).map(({ column, groups, demographicParityRatio, equalizedOddsDifference }) => ({
    caption: `Groups of ${column}: demographic parity ratio ${interval(demographicParityRatio)}, equalised odds difference ${interval(equalizedOddsDifference)}`,
    head: [column, 'rows', 'answered yes', 'true positives', 'false positives', 'ROC AUC', 'calibration error'],
    rows: groups.map((group) => [
      group.value === '' ? 'missing' : group.value,
      group.judged ? String(group.rows) : `${group.rows}, too few to judge`,
      interval(group.selectionRate),
      interval(group.truePositiveRate),
      interval(group.falsePositiveRate),
      interval(group.rocAuc),
      interval(group.calibrationError),
    ]),
  }));

const calibrated = ({ calibration }: TrainingResult): [string, string][] => {
  if (!calibration) return [];
  const { method, logLossBefore, logLossAfter } = calibration;
  const how = method === 'none' ? 'left as they were' : `corrected by ${method}`;
  return [
    [
      'Probabilities',
      `${how}; out-of-fold log loss ${figure(logLossBefore)}, ${method === 'none' ? 'would be' : 'now'} ${figure(logLossAfter)}`,
    ],
  ];
};

const parity = ({ parity: p }: TrainingResult): string =>
  `${p.rows} rows, adversarial ones too: largest difference ${figure(p.maxAbsDiff)}, ${p.labelMismatches} other answers, ${p.computedMismatches} computed features differ`;

/** Whether it is to be believed: the graph, its probabilities, its reasons, its groups. */
export const trustSection = ({ result }: CardFacts): Section => ({
  title: 'Whether to trust it',
  facts: [['Graph against the original pipeline', parity(result)], ...calibrated(result)],
  tables: [importanceTable(result), ...fairnessTables(result)],
});

/** What was odd about the data; none where nothing was. */
export const warningsSection = ({ result }: CardFacts): Section[] =>
  result.warnings.length === 0
    ? []
    : [
        {
          title: 'Warnings',
          text: result.warnings.map(({ code, message }) => `${code}: ${message}`),
        },
      ];
