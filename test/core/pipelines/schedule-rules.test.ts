import { describe, expect, it } from '@jest/globals';
import { scheduleProblem } from '#core/pipelines/schedule-rules.ts';

describe('scheduleProblem', () => {
  it.each([
    'cron(0 2 * * ? *)',
    'cron(0 3 ? * SUN *)',
    'cron(0/15 8-17 ? * MON-FRI 2026)',
    'cron(0,30 2 L * ? *)',
    'cron(15 10 ? * 6L 2026-2028)',
    'cron(0 0 15W jan,JUL ? *)',
    'cron(0 0 ? * 2#1 *)',
    'rate(1 hour)',
    'rate(15 minutes)',
    'at(2028-02-29T02:00:00)',
  ])('takes %s', (expression) => {
    expect(scheduleProblem(expression)).toBeUndefined();
  });

  it.each([
    ['cron(0 2 * * *)', 'six fields'],
    ['cron(60 2 * * ? *)', '"60" is no minutes'],
    ['cron(0 24 * * ? *)', '"24" is no hours'],
    ['cron(0 2 32 * ? *)', '"32" is no day of month'],
    ['cron(0 2 ? FOO * *)', '"FOO" is no month'],
    ['cron(0 2 * * * *)', 'needs ?'],
    ['cron(0 2 ? * ? *)', 'needs ?'],
    ['cron(0/0 2 * * ? *)', '"0/0" is no minutes'],
    ['cron(0 2 * * ? 26)', '"26" is no year'],
    ['cron(, 2 * * ? *)', '"," is no minutes'],
    ['rate(0 hours)', 'above 0'],
    ['rate(-1 hours)', 'above 0'],
    ['rate(1.5 hours)', 'above 0'],
    ['rate(1 hours)', 'write rate(1 hour)'],
    ['rate(2 hour)', 'write rate(2 hours)'],
    ['rate(1 week)', 'minutes, hours or days'],
    ['at(2026-02-30T02:00:00)', 'a moment in UTC'],
    ['at(tomorrow)', 'a moment in UTC'],
    ['hourly', 'must be cron'],
  ])('refuses %s', (expression, message) => {
    expect(scheduleProblem(expression)).toContain(message);
  });
});
