import { literal } from '../features/tables/index.ts';
import { PlatformError } from '../shared/errors.ts';
import type { Column } from './column.ts';
import { CannotJudge } from './plan.ts';

const months = 'january|february|march|april|may|june|july|august|september|october|november|december';
const shortMonths = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const days = 'monday|tuesday|wednesday|thursday|friday|saturday|sunday';
const day = '3[0-1]|[1-2][0-9]|0[1-9]|[1-9]| [1-9]';

// As CPython's _strptime reads them in the C locale.
const directives: Readonly<Record<string, string>> = {
  a: 'mon|tue|wed|thu|fri|sat|sun',
  A: days,
  b: shortMonths,
  B: months,
  d: day,
  e: day,
  f: '[0-9]{1,6}',
  G: '[0-9]{4}',
  H: '2[0-3]|[0-1][0-9]|[0-9]| [0-9]',
  I: '1[0-2]|0[1-9]|[1-9]| [1-9]',
  j: '36[0-6]|3[0-5][0-9]|[1-2][0-9]{2}|0[1-9][0-9]|00[1-9]|[1-9][0-9]|0[1-9]|[1-9]',
  m: '1[0-2]|0[1-9]|[1-9]',
  M: '[0-5][0-9]|[0-9]',
  p: 'am|pm',
  S: '6[0-1]|[0-5][0-9]|[0-9]',
  u: '[1-7]',
  U: '5[0-3]|[0-4][0-9]|[0-9]',
  V: '5[0-3]|0[1-9]|[1-4][0-9]|[0-9]',
  w: '[0-6]',
  W: '5[0-3]|[0-4][0-9]|[0-9]',
  y: '[0-9]{2}',
  Y: '[0-9]{4}',
  z: '[+-][0-9]{2}:?[0-5][0-9](?::?[0-5][0-9](?:\\.[0-9]{1,6})?)?|(?-i:Z)',
  Z: 'utc|gmt',
};
const shorthand: Readonly<Record<string, string>> = {
  c: '%a %b %e %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
  D: '%m/%d/%y',
  T: '%H:%M:%S',
  F: '%Y-%m-%d',
  R: '%H:%M',
};

const unknown = (format: string, directive: string): PlatformError =>
  new PlatformError(
    'SUITE_INVALID',
    `strftime_format ${JSON.stringify(format)}: %${directive} is no directive; there are: ` +
      `${[...Object.keys(directives), ...Object.keys(shorthand)].map((d) => `%${d}`).join(' ')} and %%`,
  );

interface Read {
  readonly regex: string;
  /** Directives in the order of their groups. */
  readonly groups: readonly string[];
}

const read = (format: string): Read => {
  const whole = format.replaceAll(/%([cxXDTFR])/g, (_, d: string) => shorthand[d] ?? '');
  const groups: string[] = [];
  const regex = whole.replaceAll(/%(.?)|\s+|[\\.^$*+?(){}[\]|]/gs, (token, directive: string | undefined) => {
    if (directive === undefined) return /^\s/.test(token) ? '\\s+' : `\\${token}`;
    if (directive === '%') return '%';
    const pattern = directives[directive];
    if (pattern === undefined) throw unknown(format, directive);
    groups.push(directive);
    return `(${pattern})`;
  });
  return { regex, groups };
};

// 69 to 99 are of the last century; without a year it is 1900, as for Python.
const yearOf = (group: (d: string) => string | undefined): string => {
  const short = group('y');
  if (short) return `(CASE WHEN ${short} >= '69' THEN '19' ELSE '20' END || ${short})`;
  return group('Y') ?? "'1900'";
};

const monthOf = (group: (d: string) => string | undefined): string | undefined => {
  const named = group('B') ?? group('b');
  return named ? `(strpos('janfebmaraprmayjunjulaugsepoctnovdec', lower(${named}[1:3])) + 2) // 3` : group('m');
};

/** SQL: does the text parse as Python's strptime would, calendar and all? @throws SUITE_INVALID, CannotJudge */
export const fitsFormat = (column: Column, format: string): string => {
  if (column.kind !== 'text')
    throw new CannotJudge(`column "${column.name}" is ${column.type}: only text has a format; compare it as it is`);
  const { regex, groups } = read(format);
  const pattern = literal(`^(?:${regex})`);
  // No end in the pattern: the first way to read it must take the whole text, as in Python.
  const fits = `regexp_extract(${column.sql}, ${pattern}, 0, 'i') = ${column.sql} AND ${column.sql} <> ''`;
  const group = (directive: string): string | undefined => {
    const at = groups.indexOf(directive);
    return at < 0 ? undefined : `regexp_extract(${column.sql}, ${pattern}, ${at + 1}, 'i')`;
  };
  const [month, dayOfMonth] = [monthOf(group), group('d') ?? group('e')];
  if (!month || !dayOfMonth) return fits;
  const date = `concat_ws('-', ${yearOf(group)}, ${month}, trim(${dayOfMonth}))`;
  return `(${fits}) AND TRY_CAST(${date} AS DATE) IS NOT NULL`;
};
