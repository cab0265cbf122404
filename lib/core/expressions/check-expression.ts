import type { FeatureType } from '#contracts/feature-views.ts';
import { canCast, castRun } from './casts.ts';
import type { Overload, ParameterType, ScalarFunction, Written } from './functions/function-entry.ts';
import { findFunction } from './functions/index.ts';
import { parseExpression } from './parse-expression.ts';
import { refuse } from './refusals.ts';
import type {
  Call,
  Case,
  Cast,
  CheckedExpression,
  Expression,
  Literal,
  NameNode,
  Run,
  ScalarType,
  Schema,
} from './types.ts';
import { isInteger64 } from './whole.ts';

interface Typed {
  readonly type: ScalarType;
  readonly run: Run;
}
interface Checking {
  /** The text it was read from, for line and column. */
  readonly text: string;
  readonly schema: Schema;
}

const refusal = (checking: Checking, at: number, why: { seen: string; allowed: string }): Error =>
  refuse(checking.text, at, why);

const checkLiteral = (checking: Checking, { at, type, value }: Literal): Typed => {
  if (typeof value === 'bigint' && !isInteger64(value))
    throw refusal(checking, at, {
      seen: String(value),
      allowed: 'an integer has 64 bits; write it as 1e19 to have a number',
    });
  return { type, run: () => value };
};

const checkName = (checking: Checking, { at, name }: NameNode): Typed => {
  const type = Object.hasOwn(checking.schema, name) ? checking.schema[name] : undefined;
  if (type) return { type, run: (row) => row[name] ?? null };
  const names = Object.keys(checking.schema);
  throw refusal(checking, at, { seen: `the name "${name}"`, allowed: `names are ${names.join(', ') || 'none'}` });
};

const isWritten = (node: Expression | undefined, { from, to }: Written): boolean =>
  node?.kind === 'literal' && node.type === 'integer' && Number(node.value) >= from && Number(node.value) <= to;

const suits = (type: ScalarType, wanted: ScalarType, takesNull: boolean): boolean =>
  type === wanted || (type === 'integer' && wanted === 'number') || (type === 'null' && takesNull);

const parameterAt = ({ takes }: Overload, i: number): ParameterType | undefined => takes[Math.min(i, takes.length - 1)];

const fitsOverload = (
  overload: Overload,
  fn: ScalarFunction,
  given: { types: ScalarType[]; nodes: readonly Expression[] },
) => {
  const { types, nodes } = given;
  const isCounted = fn.isVariadic ? types.length >= overload.takes.length : types.length === overload.takes.length;
  return (
    isCounted &&
    types.every((type, i) => {
      const wanted = parameterAt(overload, i);
      if (typeof wanted === 'object') return isWritten(nodes[i], wanted);
      return wanted !== undefined && suits(type, wanted, fn.takesNull === true);
    })
  );
};

/** An integer beyond 2^53 becomes the nearest number, as it does in the engine. */
const widened = ({ type, run }: Typed, wanted: ParameterType | undefined): Run => {
  if (type !== 'integer' || wanted !== 'number') return run;
  return (row) => {
    const value = run(row);
    return typeof value === 'bigint' ? Number(value) : value;
  };
};

const shownParameter = (wanted: ParameterType): string =>
  typeof wanted === 'object' ? `a whole number from ${wanted.from} to ${wanted.to}, written out` : wanted;
const ways = ({ overloads, isVariadic }: ScalarFunction): string =>
  overloads.map(({ takes }) => `(${takes.map(shownParameter).join(', ')}${isVariadic ? ', …' : ''})`).join(' or ');

const checkCall = (checking: Checking, { at, name, operands }: Call): Typed => {
  const fn = findFunction(name);
  if (!fn)
    throw refusal(checking, at, { seen: `the function ${name}`, allowed: 'it is not in the table of functions' });
  const typed = operands.map((operand) => check(checking, operand));
  const types = typed.map(({ type }) => type);
  const overload = fn.overloads.find((one) => fitsOverload(one, fn, { types, nodes: operands }));
  if (overload)
    return { type: overload.gives, run: overload.make(typed.map((one, i) => widened(one, parameterAt(overload, i)))) };
  throw refusal(checking, at, {
    seen: `${fn.usage} of (${types.join(', ')})`,
    allowed: `it takes ${ways(fn)}; use CAST where a type is another`,
  });
};

/** What branches of these types have in common: integers and numbers are numbers, NULL is anything. */
const commonType = (types: readonly ScalarType[]): ScalarType | undefined => {
  const kinds = new Set(types.filter((type) => type !== 'null'));
  if (kinds.has('number')) kinds.delete('integer');
  const [type = 'null', other] = kinds;
  return other === undefined ? type : undefined;
};

const checkCase = (checking: Checking, { at, branches, otherwise }: Case): Typed => {
  const whens = branches.map(({ when }) => {
    const { type, run } = check(checking, when);
    if (type === 'boolean' || type === 'null') return run;
    throw refusal(checking, when.at, { seen: `a condition of type ${type}`, allowed: 'WHEN takes a boolean' });
  });
  const values = [...branches.map(({ gives }) => check(checking, gives)), check(checking, otherwise)];
  const types = values.map(({ type }) => type);
  const type = commonType(types);
  if (!type)
    throw refusal(checking, at, {
      seen: `CASE of ${types.join(', ')}`,
      allowed: 'every branch gives the same type; use CAST',
    });
  const runs = values.map((value) => widened(value, type));
  return { type, run: caseRun(whens, runs) };
};

const caseRun = (whens: readonly Run[], values: readonly Run[]): Run => {
  const otherwise = values[whens.length] ?? (() => null);
  return (row) => {
    const found = whens.findIndex((when) => when(row) === true);
    return (values[found] ?? otherwise)(row);
  };
};

const checkCast = (checking: Checking, { at, operand, to }: Cast): Typed => {
  const { type, run } = check(checking, operand);
  if (canCast(type, to)) return { type: to, run: castRun({ from: type, to }, run) };
  throw refusal(checking, at, { seen: `a cast from ${type} to ${to}`, allowed: castsFrom(type) });
};
const castsFrom = (type: ScalarType): string => {
  const targets = (['number', 'integer', 'boolean', 'string', 'timestamp'] as const).filter((to) => canCast(type, to));
  return `a ${type} can be cast to ${targets.join(', ')}`;
};

const checks: {
  readonly [K in Expression['kind']]: (checking: Checking, node: Extract<Expression, { kind: K }>) => Typed;
} = {
  literal: checkLiteral,
  name: checkName,
  call: checkCall,
  case: checkCase,
  cast: checkCast,
};
const check = (checking: Checking, node: Expression): Typed =>
  (checks[node.kind] as (checking: Checking, node: Expression) => Typed)(checking, node);

/** Whether a feature declared as `wanted` can hold what an expression gives. */
export const isAssignable = (type: ScalarType, wanted: FeatureType): boolean => suits(type, wanted, true);

/**
 * Reads an expression, finds its type and makes it ready to run.
 * @throws SQL_INVALID for what cannot be read, an unknown name, and types that do not fit: line, column, what is allowed
 * @example checkExpression('a / 2', { a: 'integer' }).run({ a: 3 }) // 1.5
 */
export const checkExpression = (text: string, schema: Schema): CheckedExpression => {
  const expression = parseExpression(text);
  return { expression, ...check({ text, schema }, expression) };
};
