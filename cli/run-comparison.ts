import type { Run } from '#contracts/tracking.ts';

export interface ComparedFact {
  readonly kind: 'metric' | 'param' | 'tag';
  readonly key: string;
  /** One a run, in the order asked for; undefined where a run does not have it. */
  readonly values: readonly (string | undefined)[];
}

// What every run has of its own would bury what was decided.
const OWN = /^(mlflow\.(runName|user|log-model\.history|parentRunId)|execution)$/;

const factsOf = (run: Run): Map<string, string> =>
  new Map([
    ...run.metrics.map(({ key, value }): [string, string] => [`metric ${key}`, String(value)]),
    ...Object.entries(run.params).map(([key, value]): [string, string] => [`param ${key}`, value]),
    ...Object.entries(run.tags)
      .filter(([key]) => !OWN.test(key))
      .map(([key, value]): [string, string] => [`tag ${key}`, value]),
  ]);

/**
 * Every metric, parameter and tag of the runs side by side, those that differ only unless all are wanted.
 * @example compareRuns([a, b]) // [{ kind: 'metric', key: 'auc', values: ['0.81', '0.84'] }, …]
 */
export const compareRuns = (runs: readonly Run[], { all = false }: { all?: boolean } = {}): ComparedFact[] => {
  const facts = runs.map(factsOf);
  const names = [...new Set(facts.flatMap((one) => [...one.keys()]))].sort();
  return names.flatMap((name) => {
    const values = facts.map((one) => one.get(name));
    if (!all && new Set(values).size === 1) return [];
    const at = name.indexOf(' ');
    return [{ kind: name.slice(0, at) as ComparedFact['kind'], key: name.slice(at + 1), values }];
  });
};
