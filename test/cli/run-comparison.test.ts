import { describe, expect, it } from '@jest/globals';
import type { Run } from '#contracts/tracking.ts';
import { compareRuns } from '../../cli/run-comparison.ts';

const run = (auc: number, params: Record<string, string>, tags: Record<string, string> = {}) =>
  ({ metrics: [{ key: 'auc', value: auc, timestampMs: 1, step: 0 }], params, tags }) as unknown as Run;

describe('compareRuns', () => {
  const runs = [
    run(0.81, { depth: '3', seed: '42' }, { 'mlflow.runName': 'a' }),
    run(0.84, { depth: '5', seed: '42', rate: '0.1' }, { 'mlflow.runName': 'b' }),
  ];

  it('shows what differs, also what only one of them has', () => {
    expect(compareRuns(runs)).toEqual([
      { kind: 'metric', key: 'auc', values: ['0.81', '0.84'] },
      { kind: 'param', key: 'depth', values: ['3', '5'] },
      { kind: 'param', key: 'rate', values: [undefined, '0.1'] },
    ]);
  });

  it('shows what is the same when asked', () => {
    expect(compareRuns(runs, { all: true })).toContainEqual({ kind: 'param', key: 'seed', values: ['42', '42'] });
  });
});
