import { findFunction } from './functions/index.ts';
import { timestampText } from './parse-timestamp.ts';
import { sqlType } from './parse-type.ts';
import type { Call, Case, Cast, Expression, Literal, NameNode } from './types.ts';

// An exponent makes it a DOUBLE; without one it would be a DECIMAL, which computes otherwise.
const numberText = (value: number): string =>
  value < 0 || Object.is(value, -0) ? `(-${Math.abs(value).toExponential()})` : value.toExponential();

const literalSql = ({ type, value }: Literal): string => {
  if (value === null) return 'NULL';
  if (type === 'number') return numberText(Number(value));
  if (type === 'integer') return `CAST(${value} AS BIGINT)`;
  if (type === 'timestamp') return `TIMESTAMP '${timestampText(Number(value))}'`;
  return type === 'boolean' ? String(value).toUpperCase() : `'${String(value).replaceAll("'", "''")}'`;
};

const nameSql = ({ name }: NameNode): string => `"${name.replaceAll('"', '""')}"`;
const callSql = ({ name, operands }: Call): string =>
  findFunction(name)?.sql(operands.map(renderSql), operands) ?? 'NULL';
const caseSql = ({ branches, otherwise }: Case): string => {
  const whens = branches.map(({ when, gives }) => `WHEN ${renderSql(when)} THEN ${renderSql(gives)}`);
  return `(CASE ${whens.join(' ')} ELSE ${renderSql(otherwise)} END)`;
};
const castSql = ({ operand, to }: Cast): string => `TRY_CAST(${renderSql(operand)} AS ${sqlType(to)})`;

/**
 * The engine's text of an expression: names quoted, literals typed, everything between parentheses. It is made of the
 * tree alone, so what a person wrote never reaches the engine; parsed again it is the same tree.
 * @example renderSql(parseExpression('a/2')) // '("a" / CAST(2 AS BIGINT))'
 */
export const renderSql = (node: Expression): string => {
  if (node.kind === 'literal') return literalSql(node);
  if (node.kind === 'name') return nameSql(node);
  if (node.kind === 'call') return callSql(node);
  return node.kind === 'case' ? caseSql(node) : castSql(node);
};
