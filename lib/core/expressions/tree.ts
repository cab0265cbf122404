import { findFunction } from './functions/index.ts';
import type { Expression } from './types.ts';

const childrenOf = (node: Expression): readonly Expression[] => {
  if (node.kind === 'call') return node.operands;
  if (node.kind === 'cast') return [node.operand];
  return node.kind === 'case' ? [...node.branches.flatMap(({ when, gives }) => [when, gives]), node.otherwise] : [];
};

/** The names an expression uses, each once, in their order. @example namesIn(parseExpression('a + b * a')) // ['a', 'b'] */
export const namesIn = (expression: Expression): string[] => {
  const names = new Set<string>();
  const walk = (node: Expression): void => {
    if (node.kind === 'name') names.add(node.name);
    else childrenOf(node).forEach(walk);
  };
  walk(expression);
  return [...names];
};

/** The same expression over other names. @example renamed(parseExpression('a'), (name) => `x.${name}`) */
export const renamed = (node: Expression, to: (name: string) => string): Expression => {
  const inner = (one: Expression): Expression => renamed(one, to);
  if (node.kind === 'name') return { ...node, name: to(node.name) };
  if (node.kind === 'call') return { ...node, operands: node.operands.map(inner) };
  if (node.kind === 'cast') return { ...node, operand: inner(node.operand) };
  if (node.kind === 'literal') return node;
  const branches = node.branches.map(({ when, gives }) => ({ when: inner(when), gives: inner(gives) }));
  return { ...node, branches, otherwise: inner(node.otherwise) };
};

// What the engine writes out has a size too: nullif(a, b) is CASE WHEN a = b THEN NULL ELSE a END there.
const writtenOut = (node: Expression): readonly Expression[] => {
  const children = childrenOf(node);
  const isRepeated = node.kind === 'call' && findFunction(node.name)?.isWrittenOut === true;
  return isRepeated ? [...children, ...children.slice(0, 1)] : children;
};

/** Nodes and levels. A part that stands in several places, as the subject of CASE does, counts in each. */
export const measure = (expression: Expression): { size: number; depth: number } => {
  const known = new Map<Expression, { size: number; depth: number }>();
  const walk = (node: Expression): { size: number; depth: number } => {
    const found = known.get(node);
    if (found) return found;
    const inner = writtenOut(node).map(walk);
    const size = inner.reduce((sum, one) => sum + one.size, 1);
    const measured = { size, depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)) };
    known.set(node, measured);
    return measured;
  };
  return walk(expression);
};
