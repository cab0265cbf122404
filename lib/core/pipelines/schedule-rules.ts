import type { Project } from '#contracts/project.ts';
import type { Misfit } from './misfit.ts';

interface Field {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Names that stand for numbers, JAN for 1. */
  readonly words?: string;
  /** What else the field may say as a whole. */
  readonly special?: RegExp;
}

const fields: readonly Field[] = [
  { name: 'minutes', low: 0, high: 59 },
  { name: 'hours', low: 0, high: 23 },
  { name: 'day of month', low: 1, high: 31, special: /^(\?|L|LW|L-\d{1,2}|\d{1,2}W)$/ },
  { name: 'month', low: 1, high: 12, words: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC' },
  {
    name: 'day of week',
    low: 1,
    high: 7,
    words: 'SUN MON TUE WED THU FRI SAT',
    special: /^(\?|L|\w{1,3}L|\w{1,3}#[1-5])$/,
  },
  { name: 'year', low: 1970, high: 2199 },
];

const isValue = ({ low, high, words = '' }: Field, text: string): boolean =>
  words.split(' ').includes(text.toUpperCase()) && text !== ''
    ? true
    : /^\d{1,4}$/.test(text) && Number(text) >= low && Number(text) <= high;

const isPart = (field: Field, part: string): boolean => {
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d{0,3}$/.test(step))) return false;
  if (range === '*') return true;
  const [from = '', to, ...rest] = range.split('-');
  return rest.length === 0 && isValue(field, from) && (to === undefined || isValue(field, to));
};

const fits = (field: Field, text: string): boolean =>
  field.special?.test(text) || text.split(',').every((part) => isPart(field, part));

const cronProblem = (inside: string): string | undefined => {
  const texts = inside.trim().split(/\s+/);
  if (texts.length !== fields.length)
    return `cron(…) needs six fields (${fields.map((field) => field.name).join(', ')}), got ${texts.length}`;
  const wrong = fields.find((field, i) => !fits(field, texts[i] ?? ''));
  if (wrong) return `"${texts[fields.indexOf(wrong)]}" is no ${wrong.name} of cron(…)`;
  const either = [texts[2], texts[4]].filter((text) => text === '?').length === 1;
  return either ? undefined : 'cron(…) needs ? as day of month or as day of week, and only as one of them';
};

const rateProblem = (inside: string): string | undefined => {
  const [, number, unit = '', plural] = /^([1-9]\d{0,4}) (minute|hour|day)(s?)$/.exec(inside) ?? [];
  if (number === undefined) return 'rate(…) needs a whole number above 0 and minutes, hours or days, as rate(2 hours)';
  const right = number === '1' ? unit : `${unit}s`;
  return right === unit + plural ? undefined : `write rate(${number} ${right})`;
};

const atProblem = (inside: string): string | undefined => {
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inside);
  // A day that is not there, as 30 February, would roll over to another one.
  const same =
    isMoment && !Number.isNaN(Date.parse(`${inside}Z`)) && new Date(`${inside}Z`).toISOString().startsWith(inside);
  return same ? undefined : 'at(…) needs a moment in UTC, as at(2026-01-31T02:00:00)';
};

const problems = { cron: cronProblem, rate: rateProblem, at: atProblem };

/**
 * What EventBridge Scheduler would refuse about an expression; undefined when nothing.
 * @example scheduleProblem('rate(1 hours)') // 'write rate(1 hour)'
 */
export const scheduleProblem = (expression: string): string | undefined => {
  const [, kind, inside = ''] = /^(cron|rate|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === undefined) return 'must be cron(…), rate(…) or at(…), in UTC';
  return problems[kind as keyof typeof problems](inside);
};

export const schedulesAreReal = ({ schedules }: Project): Misfit[] =>
  Object.entries(schedules || {}).flatMap(([pipeline, expression]) => {
    const message = expression === false ? undefined : scheduleProblem(expression);
    return message === undefined ? [] : [{ path: ['schedules', pipeline], message: `${message}; got "${expression}"` }];
  });
