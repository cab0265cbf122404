import { RetentionDays } from 'aws-cdk-lib/aws-logs';

const retentions: ReadonlyMap<number, RetentionDays> = new Map([
  [1, RetentionDays.ONE_DAY],
  [7, RetentionDays.ONE_WEEK],
  [14, RetentionDays.TWO_WEEKS],
  [30, RetentionDays.ONE_MONTH],
  [90, RetentionDays.THREE_MONTHS],
  [365, RetentionDays.ONE_YEAR],
]);

/** CloudWatch keeps logs for certain numbers of days only. */
export const logDays = (days: number): RetentionDays => {
  const known = retentions.get(days);
  if (known !== undefined) return known;
  throw new Error(`logs are kept for one of ${[...retentions.keys()].join(', ')} days, got ${days}`);
};
