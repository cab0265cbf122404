import type { TableColumn } from '../features/tables/index.ts';
import { type Column, columnOf, isWhole } from './column.ts';
import { ROW, SAMPLE_SIZE, type Scan } from './look.ts';

/** The rows of a table that an expectation is about. */
export interface Domain {
  readonly columns: readonly TableColumn[];
  /** SQL of the row condition; undefined: all rows. */
  readonly when?: string | undefined;
  /** Least and greatest value of a column as the files' footers tell them, where they do. */
  readonly bounds?: ReadonlyMap<string, readonly [number, number]> | undefined;
  /** How many values of a column are missing, where that is known without looking. */
  readonly missing?: ReadonlyMap<string, number> | undefined;
}

/** @throws CannotJudge when the table has no such column */
export const columnIn = (domain: Domain, name: string): Column => columnOf(domain.columns, name);

/** SQL of conditions that all hold; TRUE when there is none. */
export const all = (...conditions: readonly (string | undefined)[]): string => {
  const given = conditions.filter((one) => one !== undefined);
  return given.length === 0 ? 'TRUE' : given.map((one) => `(${one})`).join(' AND ');
};

/** An aggregate over the domain's rows that meet a condition. @example over(domain, 'max("a")') // 'max("a")' */
export const over = ({ when }: Domain, call: string, where?: string): string =>
  when === undefined && where === undefined ? call : `${call} FILTER (WHERE ${all(when, where)})`;

/** How many rows meet a condition. Conditions inside of an aggregate are computed once for all, those of FILTER anew. */
export const countOf = ({ when }: Domain, where?: string): string =>
  when === undefined && where === undefined ? 'count(*)' : `count_if(${all(when, where)})`;

/** How many rows have a value. */
export const filledOf = (domain: Domain, { name, sql }: Column): string => {
  if (domain.when !== undefined) return countOf(domain, `${sql} IS NOT NULL`);
  const missing = domain.missing?.get(name);
  return missing === undefined ? `count(${sql})` : `(count(*) - ${missing})`;
};

/**
 * The first rows that meet a condition, as JSON in `sample`: their number and their values as text. A scan of its own,
 * which ends when it has found them.
 */
export const firstRows = ({ when }: Domain, columns: readonly Column[], where: string): Scan => {
  const values = columns.map(({ sql }) => `CAST(${sql} AS VARCHAR)`).join(', ');
  return {
    aggregates: { sample: sampleOf('list({r: r, v: v} ORDER BY r)') },
    over: (table) =>
      `(SELECT ${ROW} AS r, [${values}] AS v FROM ${table} WHERE ${all(when, where)} LIMIT ${SAMPLE_SIZE}) AS found`,
  };
};

/** A list of found rows as JSON text. */
export const sampleOf = (list: string): string => `CAST(to_json(${list}) AS VARCHAR)`;

// A bit for each number between the least and the greatest: 8 MB at most, a fifth of the time.
const MOST_BITS = 2 ** 26;

const bitsFor = ({ bounds }: Domain, column: Column | undefined): string | undefined => {
  const [least, greatest] = (column && bounds?.get(column.name)) ?? [];
  if (!column || !isWhole(column) || least === undefined || greatest === undefined) return undefined;
  const narrow = Number.isSafeInteger(least) && Number.isSafeInteger(greatest) && greatest - least < MOST_BITS;
  return narrow ? `bitstring_agg(CAST(${column.sql} AS BIGINT), ${least}, ${greatest})` : undefined;
};

/** How many different values, or combinations of them, the rows have; hash() counts them in a third of the time. */
export const distinctOf = (domain: Domain, columns: readonly Column[], where: string): string => {
  // Not by FILTER: with it the engine groups in a pass of its own.
  const bits = columns.length === 1 ? bitsFor(domain, columns[0]) : undefined;
  if (bits) return `coalesce(bit_count(${over(domain, bits)}), 0)`;
  const key = `hash(${columns.map(({ sql }) => sql).join(', ')})`;
  return `count(DISTINCT CASE WHEN ${all(domain.when, where)} THEN ${key} END)`;
};
