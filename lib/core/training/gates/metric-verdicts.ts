import type { GateVerdict } from '#contracts/gates.ts';
import type { Gate, MetricGate } from '#contracts/training-options.ts';
import { shownNumber } from './shown-number.ts';

const isMetricGate = (gate: Gate): gate is MetricGate => !('against' in gate);

const metricVerdict = ({ metric, minimum, maximum }: MetricGate, value: number | null): GateVerdict => {
  const bounds = [minimum !== undefined && `at least ${minimum}`, maximum !== undefined && `at most ${maximum}`];
  const limit = bounds.filter(Boolean).join(' and ');
  const { low, high } = { low: minimum ?? Number.NEGATIVE_INFINITY, high: maximum ?? Number.POSITIVE_INFINITY };
  return {
    gate: 'metric',
    name: metric,
    value,
    limit,
    passed: value !== null && value >= low && value <= high,
    message: `${metric} is ${shownNumber(value)}, must be ${limit}`,
  };
};

/**
 * Gates of bounds against the figures of the untouched test split; a figure that is missing does not pass.
 * @example metricVerdicts([{ metric: 'roc_auc', minimum: 0.85 }], { roc_auc: 0.84 })[0].passed // false
 */
export const metricVerdicts = (
  gates: readonly Gate[],
  metrics: Readonly<Record<string, number | undefined>>,
): GateVerdict[] => gates.filter(isMetricGate).map((gate) => metricVerdict(gate, metrics[gate.metric] ?? null));
