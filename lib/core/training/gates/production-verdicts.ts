import type { GateVerdict } from '#contracts/gates.ts';
import type { TrainingJob } from '#contracts/training.ts';
import type { Interval, ProductionComparison } from '#contracts/training-result.ts';
import { shownNumber } from './shown-number.ts';

type ProductionGate = NonNullable<TrainingJob['production']>['gates'][number];
type Compared = ProductionComparison['metrics'][number];

const percent = (share: number): string => `${shownNumber(share * 100)} %`;
const interval = ({ value, low, high }: Interval): string =>
  `${shownNumber(value)} (95 %: ${shownNumber(low)} to ${shownNumber(high)})`;

const limitOf = ({ margin, confidence }: ProductionGate): string =>
  `worse${margin > 0 ? ` by more than ${margin}` : ''} in less than ${percent(confidence)} of the samples`;

const sentence = (gate: ProductionGate, version: number, found: Compared): string => {
  const { metric, candidate, production, gain, shareWorse } = found;
  return (
    `${metric} is ${shownNumber(candidate)}, that of version ${version} in production ${shownNumber(production)}, ` +
    `gain ${interval(gain)}; worse${gate.margin > 0 ? ` by more than ${gate.margin}` : ''} in ${percent(shareWorse)} ` +
    `of the bootstrap samples, must be in less than ${percent(gate.confidence)}`
  );
};

const notCompared = (version: number, why: string | undefined): string =>
  `not compared with version ${version} in production: ${why ?? 'the task did not measure it'}; must be compared. ` +
  'Correct that, or leave `against: production` out of gate in project.yaml until a version like this one serves';

const verdictOf = (gate: ProductionGate, version: number, compared: ProductionComparison | undefined): GateVerdict => {
  const found = compared?.metrics.find(
    ({ metric, margin, confidence }) =>
      metric === gate.metric && margin === gate.margin && confidence === gate.confidence,
  );
  const about = {
    gate: 'production',
    name: `${gate.metric} against version ${version}`,
    limit: limitOf(gate),
  } as const;
  if (compared?.version !== version || compared.notComparable !== undefined || !found)
    return { ...about, value: null, passed: false, message: notCompared(version, compared?.notComparable) };
  const { shareWorse: value } = found;
  return { ...about, value, passed: value < gate.confidence, message: sentence(gate, version, found) };
};

export interface Production {
  /** The version that was in production when the training began; undefined where there was none. */
  readonly version: number | undefined;
  readonly compared: ProductionComparison | undefined;
}

/** Gates against the version in production; all pass while nothing is, and none does that was not measured. */
export const productionVerdicts = (
  gates: readonly ProductionGate[],
  { version, compared }: Production,
): GateVerdict[] => {
  if (version !== undefined) return gates.map((gate) => verdictOf(gate, version, compared));
  return gates.map((gate) => ({
    gate: 'production',
    name: `${gate.metric} against production`,
    value: null,
    limit: limitOf(gate),
    passed: true,
    message: 'nothing was in production when the training began',
  }));
};
