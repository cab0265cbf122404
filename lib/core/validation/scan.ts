import { identifier, isNumeric, type Row, type TableColumn, type Tables } from '../features/tables/index.ts';
import { type Measured, type Plan, ROW, type Scan, VIEW } from './plan.ts';

/** The table that is validated. */
export interface Validated {
  /** SQL that stands behind FROM. @default the view "dataset" */
  readonly from?: string;
  /** SQL of a row's number, from 0. @default its place in the order in which it is read */
  readonly row?: string;
  /** Least and greatest value of columns whose files' footers tell them. */
  readonly bounds?: ReadonlyMap<string, readonly [number, number]>;
  /** How many values of a column are missing, NaN among them, where footers or a manifest tell it. */
  readonly missing?: ReadonlyMap<string, number>;
}

const isFraction = (type: string): boolean => type === 'DOUBLE' || type === 'FLOAT';

// NaN is a missing value, as in pandas.
const cleaned = (columns: readonly TableColumn[], { missing }: Validated): string => {
  const replaced = columns
    .filter(({ name, type }) => isNumeric(type) && isFraction(type) && missing?.get(name) === undefined)
    .map(({ name }) => identifier(name))
    .map((name) => `CASE WHEN isnan(${name}) THEN NULL ELSE ${name} END AS ${name}`);
  return replaced.length === 0 ? '*' : `* REPLACE (${replaced.join(', ')})`;
};

/** The rows as every scan sees them, with their number where it is asked for. */
export const tableSql = (columns: readonly TableColumn[], validated: Validated, numbered: boolean): string => {
  const row = numbered ? `, CAST(${validated.row ?? 'row_number() OVER () - 1'} AS BIGINT) AS ${ROW}` : '';
  return `(SELECT ${cleaned(columns, validated)}${row} FROM ${validated.from ?? VIEW}) AS rows_of`;
};

/** One SELECT of every distinct aggregate; what two plans ask for is computed once. */
class Selection {
  readonly #names = new Map<string, string>();
  readonly #from: string;
  readonly #prefix: string;

  constructor(from: string, prefix: string) {
    this.#from = from;
    this.#prefix = prefix;
  }

  name(sql: string): string {
    const known = this.#names.get(sql);
    if (known !== undefined) return known;
    const name = `${this.#prefix}_${this.#names.size}`;
    this.#names.set(sql, name);
    return name;
  }

  get sql(): string {
    const selected = [...this.#names].map(([sql, name]) => `${sql} AS ${name}`);
    return `(SELECT ${selected.join(', ')} FROM ${this.#from}) AS ${this.#prefix}`;
  }
}

type Answer = (row: Row) => Measured;

const answers = (selection: Selection, { aggregates }: Scan): Answer => {
  const names = Object.entries(aggregates).map(([name, sql]) => [name, selection.name(sql)] as const);
  return (row) => Object.fromEntries(names.map(([name, at]) => [name, row[at] ?? null]));
};

// The engine's grammar is a thousand joins deep, and each part may hold a scan's buffers.
const MOST_PARTS = 100;

const ask = async (tables: Tables, selections: Iterable<Selection>): Promise<Row> => {
  const parts = [...selections].map(({ sql }) => sql);
  const found: Row[] = [];
  for (let at = 0; at < parts.length; at += MOST_PARTS) {
    const some = parts.slice(at, at + MOST_PARTS);
    found.push(...(await tables.rows(`SELECT * FROM ${some.join(' CROSS JOIN ')}`)));
  }
  return Object.assign({}, ...found) as Row;
};

/**
 * Runs scans together in one statement: those over the table itself are one pass, those over derived rows one each.
 * Answers what each measured, in their order.
 */
export const measure = async (
  tables: Tables,
  scans: readonly (Scan | undefined)[],
  table: (numbered: boolean) => string,
): Promise<readonly Measured[]> => {
  const needsRow = scans.some((scan) => scan && !scan.over && Object.values(scan.aggregates).join().includes(ROW));
  const selections = new Map<string, Selection>();
  const selectionFor = (from: string): Selection => {
    const selection = selections.get(from) ?? new Selection(from, `s${selections.size}`);
    selections.set(from, selection);
    return selection;
  };
  const asked = scans.map((scan) => {
    if (!scan || Object.keys(scan.aggregates).length === 0) return undefined;
    return answers(selectionFor(scan.over ? scan.over(table(true)) : table(needsRow)), scan);
  });
  const row = await ask(tables, selections.values());
  return asked.map((answer) => answer?.(row) ?? {});
};

/** Both looks of every plan: the first at all rows, the second only where the first found a reason. */
export const measureTwice = async (
  tables: Tables,
  plans: readonly Plan[],
  table: (numbered: boolean) => string,
): Promise<readonly Measured[]> => {
  const looks = [...plans, ...plans.map(({ derived }) => derived)];
  const both = await measure(tables, looks, table);
  const first = plans.map((_, i) => ({ ...both[i], ...both[i + plans.length] }));
  const closer = plans.flatMap((plan, i) => (plan.closer?.(first[i] ?? {}) ?? []).map((scan) => ({ i, scan })));
  const found = await measure(
    tables,
    closer.map(({ scan }) => scan),
    table,
  );
  const second = plans.map((_, i) => Object.assign({}, ...found.filter((__, at) => closer[at]?.i === i)) as Measured);
  return first.map((measured, i) => ({ ...measured, ...second[i] }));
};
