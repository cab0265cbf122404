import { literal, type TableColumn } from '../features/tables/index.ts';
import { asNumber, type Column, columnOf, isOneOf, millis } from './column.ts';
import type { Comparison, Condition, Operand } from './condition.ts';
import { CannotJudge } from './plan.ts';

type Columns = readonly TableColumn[];

interface Side {
  readonly kind: 'number' | 'text' | 'time' | 'other';
  readonly sql: string;
  readonly shown: string;
}

const kindOf = ({ kind }: Column): Side['kind'] => (kind === 'boolean' ? 'number' : kind);

const columnSide = (column: Column): Side => ({
  kind: kindOf(column),
  sql:
    column.kind === 'boolean'
      ? `CAST(${column.sql} AS DOUBLE)`
      : column.kind === 'time'
        ? asNumber(column)
        : column.sql,
  shown: `column "${column.name}" (${column.type})`,
});

// A text beside a time is a time.
const valueSide = (value: string | number | boolean, beside: Side | undefined): Side => {
  const shown = JSON.stringify(value);
  if (typeof value !== 'string') return { kind: 'number', sql: literal(Number(value)), shown };
  return beside?.kind === 'time'
    ? { kind: 'time', sql: literal(millis(value)), shown }
    : { kind: 'text', sql: literal(value), shown };
};

const sideOf = (columns: Columns, operand: Operand, beside?: Side): Side =>
  'column' in operand ? columnSide(columnOf(columns, operand.column)) : valueSide(operand.value, beside);

// Values of two kinds are never the same, and neither is the greater.
const unlike = (operator: Comparison, left: Side, right: Side): string => {
  if (operator === '=') return 'FALSE';
  if (operator === '<>') return 'TRUE';
  throw new CannotJudge(`row_condition: ${left.shown} and ${right.shown} have no common order`);
};

const compare = (columns: Columns, { left, operator, right }: Condition & { kind: 'compare' }): string => {
  const ofColumn = [left, right].find((side) => 'column' in side);
  const beside = ofColumn && sideOf(columns, ofColumn);
  const [a, b] = [sideOf(columns, left, beside), sideOf(columns, right, beside)];
  if (a.kind !== b.kind) return unlike(operator, a, b);
  // A missing value equals nothing and differs from everything, as for pandas.
  return operator === '<>' ? `${a.sql} IS DISTINCT FROM ${b.sql}` : `coalesce(${a.sql} ${operator} ${b.sql}, FALSE)`;
};

const flag = (columns: Columns, name: string): string => {
  const column = columnOf(columns, name);
  if (column.kind === 'boolean') return `coalesce(${column.sql}, FALSE)`;
  throw new CannotJudge(`row_condition: column "${name}" is ${column.type}, not a boolean; compare it with something`);
};

/** SQL of a condition; it is never null. @throws CannotJudge for a column that is not there, or of another kind */
export const conditionSql = (condition: Condition, columns: Columns): string => {
  const inner = (part: Condition): string => `(${conditionSql(part, columns)})`;
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.parts.map(inner).join(` ${condition.kind.toUpperCase()} `);
    case 'not':
      return `NOT ${inner(condition.part)}`;
    case 'compare':
      return compare(columns, condition);
    case 'in':
      return `coalesce(${isOneOf(columnOf(columns, condition.column), condition.values)}, FALSE)`;
    case 'null':
      return `${columnOf(columns, condition.column).sql} IS NULL`;
    case 'flag':
      return flag(columns, condition.column);
  }
};
