import type { Run } from '#contracts/tracking.ts';
import type { CandidateRow } from './facts.ts';

const TEST = 'test_';
const optional = <K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { [key in K]: V });

const trialsOf = ({ metrics }: Run): number => {
  const last = metrics.find(({ key }) => key === 'best_score') ?? metrics.find(({ key }) => key === 'trial_score');
  return last ? Number(last.step) + 1 : 0;
};

/**
 * What a child run of a training tells of its candidate, while it trains and afterwards.
 * @example candidateRow(run).test.roc_auc // 0.84
 */
export const candidateRow = (run: Run): CandidateRow => {
  const { info, metrics, tags } = run;
  const values = new Map(metrics.map(({ key, value }) => [key, value]));
  const tests = metrics.filter(({ key }) => key.startsWith(TEST));
  return {
    runId: info.runId,
    candidate: tags.candidate ?? info.runName,
    status: info.status,
    test: Object.fromEntries(tests.map(({ key, value }) => [key.slice(TEST.length), value])),
    trials: trialsOf(run),
    ...optional('cvScore', values.get('cv_score')),
    ...optional('seconds', values.get('training_seconds')),
    ...optional('onnxBytes', values.get('onnx_bytes')),
    ...optional('parityMaxAbsDiff', values.get('parity_max_abs_diff')),
    ...optional('onnxSha256', tags.onnxSha256),
    ...optional('failure', tags['failure.reason']),
  };
};
