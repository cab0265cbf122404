/** What a run of some tests came to. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const none: Counts = { passed: 0, failed: 0, skipped: 0 };

/** @example sum([{ passed: 1, failed: 0, skipped: 0 }, { passed: 2, failed: 1, skipped: 0 }]).passed // 3 */
export const sum = (all: readonly Counts[]): Counts =>
  all.reduce(
    (total, one) => ({
      passed: total.passed + one.passed,
      failed: total.failed + one.failed,
      skipped: total.skipped + one.skipped,
    }),
    none,
  );

/** The closing line that people and CI read. @example closingLine({ ...none, passed: 3 }) // '3 passed, 0 failed' */
export const closingLine = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

/** Counts of `jest --json`. A suite that did not start ran none of its tests, so it is one failure of its own. */
export const countJest = (report: string): Counts => {
  const seen = JSON.parse(report);
  return {
    passed: seen.numPassedTests,
    failed: seen.numFailedTests + seen.numRuntimeErrorTestSuites,
    skipped: seen.numPendingTests + seen.numTodoTests,
  };
};

const attribute = (tag: string, name: string): number => Number(new RegExp(`\\s${name}="(\\d+)"`).exec(tag)?.[1] ?? 0);

const countSuite = (tag: string): Counts => {
  const failed = attribute(tag, 'failures') + attribute(tag, 'errors');
  const skipped = attribute(tag, 'skipped');
  return { passed: Math.max(0, attribute(tag, 'tests') - failed - skipped), failed, skipped };
};

/** Counts of `pytest --junitxml`. A file that cannot be imported is one error there, so one failure here. */
export const countPytest = (report: string): Counts => sum((report.match(/<testsuite\s[^>]*>/g) ?? []).map(countSuite));

/** A runner that ended badly although it named no failure (a crash, no test found) is one failure. */
export const judged = (counts: Counts, exitCode: number): Counts =>
  exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
