/** A value that a condition compares: of a column, or written down. */
export type Operand = { readonly column: string } | { readonly value: string | number | boolean };
export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** Which rows an expectation is about, whatever grammar it was written in. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'compare'; readonly left: Operand; readonly operator: Comparison; readonly right: Operand }
  | { readonly kind: 'in'; readonly column: string; readonly values: readonly (string | number | boolean)[] }
  | { readonly kind: 'null'; readonly column: string }
  | { readonly kind: 'flag'; readonly column: string };

/** A condition that cannot be read: what is wrong, and where in the text. */
export class UnreadableCondition extends Error {
  override readonly name = 'UnreadableCondition';
  readonly position: number | undefined;

  constructor(message: string, position?: number) {
    super(message);
    this.position = position;
  }
}

const comparisons: Readonly<Record<string, Comparison>> = {
  '==': '=',
  '=': '=',
  '!=': '<>',
  '<>': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};
export const comparisonOf = (text: string): Comparison | undefined =>
  Object.hasOwn(comparisons, text) ? comparisons[text] : undefined;
