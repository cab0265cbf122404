import type { Problem } from '#contracts/problems.ts';
import type { Project } from '#contracts/project.ts';
import type { ModelInput } from '#contracts/serving-facts.ts';
import { identifier, literal } from '#core/features/index.ts';

export type Shares = Project['training']['split'];
export type SplitName = keyof Shares;

/** What the training set is cut from: the view `features`. */
export interface SplitPlan {
  readonly key: string;
  readonly inputs: readonly ModelInput[];
  /** Columns that are no inputs: request fields that features are computed from, and fairness columns. */
  readonly beside?: readonly Pick<ModelInput, 'name' | 'type'>[];
  readonly problem: Problem;
  readonly label: Project['label'];
  readonly shares: Shares;
  readonly seed: number;
}

/** Name of the column that says train, validation or test; a column of that name pushes it aside. */
export const splitColumn = ({ key, inputs, beside = [], label }: SplitPlan): string => {
  const taken = new Set([key, label.name, ...[...inputs, ...beside].map((column) => column.name)]);
  let name = 'split';
  while (taken.has(name)) name = `${name}_`;
  return name;
};

/** How many of some rows each split gets: every share within one row. */
export const splitCounts = (rows: number, { train, validation }: Shares): Record<SplitName, number> => {
  const first = Math.round(rows * train);
  const second = Math.max(first, Math.round(rows * (train + validation)));
  return { train: first, validation: second - first, test: rows - second };
};

/** SQL that is true for the positive class: 1 and 1.0 and TRUE are the same number, text is compared as text. */
export const isPositive = ({ name, positive }: SplitPlan['label']): string =>
  typeof positive === 'number'
    ? `coalesce(TRY_CAST(${identifier(name)} AS DOUBLE) = ${literal(positive)}, FALSE)`
    : `CAST(${identifier(name)} AS VARCHAR) = ${literal(positive)}`;

/** Rows that are cut alike: those of one class; a number has none. */
const strata: Readonly<Record<Problem, (label: SplitPlan['label']) => string>> = {
  'binary-classification': isPositive,
  'multiclass-classification': ({ name }) => `CAST(${identifier(name)} AS VARCHAR)`,
  regression: () => 'TRUE',
};

/** The rows that have a label, each with its stratum as "#stratum". */
export const labelledRows = ({ label, problem }: SplitPlan): string =>
  `SELECT *, ${strata[problem](label)} AS "#stratum" FROM features WHERE ${identifier(label.name)} IS NOT NULL`;

const sqlTypes = { number: 'DOUBLE', string: 'VARCHAR' } as const;

const columnsOf = ({ key, inputs, beside = [], label }: SplitPlan): string => {
  const columns = new Map([[key, identifier(key)]]);
  for (const { name, type } of [...inputs, ...beside])
    if (!columns.has(name)) columns.set(name, `CAST(${identifier(name)} AS ${sqlTypes[type]}) AS ${identifier(name)}`);
  columns.set(label.name, identifier(label.name));
  return [...columns.values()].join(', ');
};

const caseOf = ({ shares }: SplitPlan, stratumRows: string): string => {
  const upTo = (share: number): string => `round(${stratumRows} * ${literal(share)})`;
  return `CASE WHEN "#rank" <= ${upTo(shares.train)} THEN 'train'
    WHEN "#rank" <= ${upTo(shares.train + shares.validation)} THEN 'validation' ELSE 'test' END`;
};

/**
 * The training set: key, inputs, what stands beside them, label and split, by key. Within each class (numbers: among
 * all) rows are ordered by a hash of key and seed and cut by the shares, so the same key and seed land in the same
 * split as long as the classes stay as they are.
 */
export const splitQuery = (plan: SplitPlan): string => {
  const key = `CAST(${identifier(plan.key)} AS VARCHAR)`;
  // md5 and not hash(): DuckDB may change hash() between versions.
  const shuffled = `md5(${key} || ${literal(`:${plan.seed}`)}), ${key}`;
  return `
    WITH labelled AS (${labelledRows(plan)}),
    ranked AS (
      SELECT *, row_number() OVER (PARTITION BY "#stratum" ORDER BY ${shuffled}) AS "#rank",
        count(*) OVER (PARTITION BY "#stratum") AS "#members"
      FROM labelled)
    SELECT ${columnsOf(plan)}, ${caseOf(plan, '"#members"')} AS ${identifier(splitColumn(plan))}
    FROM ranked ORDER BY ${identifier(plan.key)}`;
};
