/** What a test of two samples says. */
export interface TestResult {
  readonly statistic: number;
  /** Chance of a statistic at least this far out when nothing has changed, 0 to 1. */
  readonly pValue: number;
  /** How large the change is, 0 none to 1, whatever the number of rows. */
  readonly effect: number;
}
