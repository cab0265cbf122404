import type { FeatureType } from '#contracts/feature-views.ts';
import { findFunction } from './functions/index.ts';
import type { Call, Expression, Literal } from './types.ts';
import { wholeValue } from './whole.ts';

export const call = (at: number, name: string, ...operands: readonly Expression[]): Call => ({
  kind: 'call',
  at,
  name,
  operands,
});

export const literal = (at: number, type: Literal['type'], value: Literal['value']): Literal => ({
  kind: 'literal',
  at,
  type,
  value,
});

const isWhole = (node: Expression): boolean => {
  if (node.kind === 'literal') return node.type === 'integer';
  return node.kind === 'call' && findFunction(node.name)?.isAlwaysInteger === true;
};

/** A cast to what something is anyway is left out: the canonical text holds such casts to tell the engine the type. */
export const cast = (at: number, operand: Expression, to: FeatureType): Expression =>
  to === 'integer' && isWhole(operand) ? operand : { kind: 'cast', at, operand, to };

const isNumeric = (node: Expression): node is Literal =>
  node.kind === 'literal' && (node.type === 'integer' || node.type === 'number');

/** -5 is a literal, not the negation of one, so that the smallest integer can be written. */
export const negative = (at: number, operand: Expression): Expression => {
  if (!isNumeric(operand)) return call(at, 'neg', operand);
  const { type, value } = operand;
  if (type === 'number') return literal(at, type, -Number(value));
  return literal(at, type, wholeValue(-BigInt(value as number | bigint)));
};
