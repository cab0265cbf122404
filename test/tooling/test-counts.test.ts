import { describe, expect, it } from '@jest/globals';
import { closingLine, countJest, countPytest, judged, none, sum } from '../../scripts/lib/test-counts.ts';

const jestReport = (over: Record<string, number> = {}): string =>
  JSON.stringify({
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 0,
    ...over,
  });

const pytestReport = (attributes: string): string =>
  `<?xml version="1.0"?><testsuites name="pytest tests"><testsuite name="pytest" ${attributes} time="0.1"><testcase name="a"/></testsuite></testsuites>`;

describe('counting tests', () => {
  it('takes the counts of jest', () => {
    expect(countJest(jestReport({ numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 }))).toEqual({
      passed: 5,
      failed: 2,
      skipped: 2,
    });
  });

  it('counts a suite that did not start as a failure', () => {
    expect(countJest(jestReport({ numRuntimeErrorTestSuites: 3 })).failed).toBe(3);
  });

  it('takes the counts of pytest, errors as failures', () => {
    const report = pytestReport('errors="1" failures="2" skipped="3" tests="10"');
    expect(countPytest(report)).toEqual({ passed: 4, failed: 3, skipped: 3 });
  });

  it('counts a pytest file that cannot be imported', () => {
    expect(countPytest(pytestReport('errors="1" failures="0" skipped="0" tests="1"'))).toEqual({ ...none, failed: 1 });
  });

  it('takes a runner that ended badly without naming a failure as one failure', () => {
    expect(judged({ ...none, passed: 7 }, 1)).toEqual({ passed: 7, failed: 1, skipped: 0 });
    expect(judged({ ...none, failed: 2 }, 1).failed).toBe(2);
    expect(judged({ ...none, passed: 7 }, 0).failed).toBe(0);
  });

  it('sums all and names the skipped only when there are some', () => {
    const total = sum([
      { passed: 5, failed: 0, skipped: 0 },
      { passed: 4, failed: 1, skipped: 0 },
    ]);
    expect(closingLine(total)).toBe('9 passed, 1 failed');
    expect(closingLine({ ...total, skipped: 2 })).toBe('9 passed, 1 failed, 2 skipped');
    expect(closingLine(sum([]))).toBe('0 passed, 0 failed');
  });
});
