import { named, type ScalarFunction, unary } from './function-entry.ts';

const DAY = 86_400_000_000;
const HOUR = 3_600_000_000;
const MINUTE = 60_000_000;
const SECOND = 1_000_000;

const within = (micros: number, unit: number): number => micros - Math.floor(micros / unit) * unit;
const dateOf = (micros: number): Date => new Date(Math.floor(micros / 1_000));
const dayNumber = (micros: number): number => Math.floor(micros / DAY);
// 1970-01-01 was a Thursday.
const weekday = (day: number): number => (((day + 4) % 7) + 7) % 7;
const isoWeekday = (day: number): number => weekday(day) || 7;
const firstOfYear = (year: number): number => Date.UTC(year, 0, 1) / 86_400_000;

/** The week of the year's first Thursday is 1. */
const isoWeek = (micros: number): number => {
  const day = dayNumber(micros);
  const thursday = day - isoWeekday(day) + 4;
  const year = new Date(thursday * 86_400_000).getUTCFullYear();
  return Math.floor((thursday - firstOfYear(year)) / 7) + 1;
};

const part = (
  name: string,
  meaning: string,
  { of, aliases = [] }: { of: (micros: number) => number; aliases?: readonly string[] },
): ScalarFunction =>
  named({
    name,
    aliases,
    usage: `${name}(t)`,
    meaning,
    isPart: true,
    isAlwaysInteger: true,
    overloads: [{ takes: ['timestamp'], gives: 'integer', make: unary(of) }],
  });

/** Parts of timestamps, in UTC: hour(t) is EXTRACT(hour FROM t). */
export const times: readonly ScalarFunction[] = [
  part('year', 'year', { of: (t) => dateOf(t).getUTCFullYear() }),
  part('quarter', '1 to 4', { of: (t) => Math.floor(dateOf(t).getUTCMonth() / 3) + 1 }),
  part('month', '1 to 12', { of: (t) => dateOf(t).getUTCMonth() + 1 }),
  part('week', 'ISO week of the year', { of: isoWeek }),
  part('day', 'day of the month', { of: (t) => dateOf(t).getUTCDate(), aliases: ['dayofmonth'] }),
  part('dayofweek', 'Sunday is 0, Saturday 6', { of: (t) => weekday(dayNumber(t)), aliases: ['dow', 'weekday'] }),
  part('isodow', 'Monday is 1, Sunday 7', { of: (t) => isoWeekday(dayNumber(t)) }),
  part('dayofyear', '1 to 366', {
    of: (t) => dayNumber(t) - firstOfYear(dateOf(t).getUTCFullYear()) + 1,
    aliases: ['doy'],
  }),
  part('hour', '0 to 23', { of: (t) => Math.floor(within(t, DAY) / HOUR) }),
  part('minute', '0 to 59', { of: (t) => Math.floor(within(t, HOUR) / MINUTE) }),
  part('second', '0 to 59, without its fraction', { of: (t) => Math.floor(within(t, MINUTE) / SECOND) }),
  {
    ...named({
      name: 'epoch',
      usage: 'epoch(t)',
      meaning: 'seconds since 1970, with their fraction',
      overloads: [{ takes: ['timestamp'], gives: 'number', make: unary((t: number) => t / SECOND) }],
    }),
    isPart: true,
  },
];
