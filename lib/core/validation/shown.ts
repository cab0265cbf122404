import type { Column } from './column.ts';

/** A row that was found: its number and the values of the columns asked for, as text. */
export interface FoundRow {
  readonly r: number;
  readonly v: readonly (string | null)[];
}

const asNumber = (text: string): number | string => {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
};

// 2026-01-02 10:00:00.5 → 2026-01-02T10:00:00.500000, as Great Expectations writes times.
const asTime = (text: string): string =>
  text
    .replace(' ', 'T')
    .replace(/\.\d+/, (fraction) => fraction.padEnd(7, '0'))
    .replace(/\+00$/, '+00:00');

/** A measured number as JSON can have it. */
export const shownNumber = (value: number): number | string =>
  Number.isFinite(value) ? value : `${value < 0 ? '-' : ''}inf`;

/** A value as JSON has it: numbers and booleans themselves, times in ISO 8601, all else as text. */
export const shownValue = ({ kind }: Column, text: string | null | undefined): unknown => {
  if (text === null || text === undefined) return null;
  if (kind === 'number') return asNumber(text);
  if (kind === 'boolean') return text === 'true';
  return kind === 'time' ? asTime(text) : text;
};

export const shownRow = (columns: readonly Column[], { v }: FoundRow): Record<string, unknown> =>
  Object.fromEntries(columns.map((column, i) => [column.name, shownValue(column, v[i])]));

export const shownValues = (columns: readonly Column[], { v }: FoundRow): unknown[] =>
  columns.map((column, i) => shownValue(column, v[i]));
