import { identifier, isNumeric, type Tables } from '#core/features/index.ts';
import type { LabelFacts } from './label-checks.ts';
import { labelledRows, type SplitPlan } from './split.ts';

// More than any classifier takes, so that a label with a value a row is not read whole.
const MOST_VALUES = 1_000;

/** Rows by label value, most frequent first, each with how many values there are. */
const valuesQuery = (plan: SplitPlan): string => {
  const label = identifier(plan.label.name);
  const positive = plan.problem === 'binary-classification' ? '"#stratum"' : 'FALSE';
  return `SELECT *, count(*) OVER () AS distinct_values FROM (
      SELECT CAST(${label} AS VARCHAR) AS value, ${positive} AS positive, count(*) AS row_count
      FROM (${labelledRows(plan)}) GROUP BY ALL)
    ORDER BY row_count DESC, value LIMIT ${MOST_VALUES}`;
};

// Models take numbers as float32.
const LARGEST = '3.4028234e38';

const totalsQuery = (plan: SplitPlan, type: string): string => {
  const number = `CAST(${identifier(plan.label.name)} AS DOUBLE)`;
  const wild = `NOT isfinite(${number}) OR abs(${number}) > ${LARGEST}`;
  const notFinite = isNumeric(type) ? `count(*) FILTER (${wild})` : '0';
  return `SELECT count(*) AS row_count, ${notFinite} AS not_finite FROM (${labelledRows(plan)})`;
};

/** What the label column of the view `features` holds. */
export const labelFacts = async (tables: Tables, plan: SplitPlan): Promise<LabelFacts> => {
  const [column] = await tables.columnsOf(`SELECT ${identifier(plan.label.name)} FROM features`);
  const type = column?.type ?? '';
  const [totals] = await tables.rows(totalsQuery(plan, type));
  const rows = await tables.rows(valuesQuery(plan));
  return {
    rows: Number(totals?.row_count ?? 0),
    distinct: Number(rows[0]?.distinct_values ?? 0),
    values: rows.map((row) => ({
      value: String(row.value),
      positive: row.positive === true,
      rowCount: Number(row.row_count),
    })),
    type,
    notFinite: Number(totals?.not_finite ?? 0),
  };
};
