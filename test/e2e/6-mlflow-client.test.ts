import { describe, expect, it } from '@jest/globals';
import { type Check, runChecks } from './mlflow-checks.ts';

/** Every check of test/mlflow is a test of its own here, so that all are counted, and a failed one says why. */
const asTests = (checks: readonly Check[]): void => {
  for (const { name, outcome, message } of checks) {
    const declare = outcome === 'skipped' ? it.skip : it;
    declare(name, () => {
      if (outcome !== 'passed') throw new Error(message);
    });
  }
};

const newest = await runChecks('3');
const older = await runChecks('2', '--client-only');

describe('the unchanged mlflow 3 client', () => {
  asTests(newest);

  it('has proven every endpoint', () => {
    const proven = new Set(newest.filter(({ outcome }) => outcome === 'passed').flatMap(({ endpoints }) => endpoints));
    const named = new Set(newest.flatMap(({ endpoints }) => endpoints));
    expect([...named].filter((endpoint) => !proven.has(endpoint))).toEqual([]);
    expect(proven.size).toBeGreaterThan(60);
  });
});

describe('the unchanged mlflow 2 client', () => asTests(older));
