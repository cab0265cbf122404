import type { FeatureType } from '#contracts/feature-views.ts';

/** number is a double, integer a whole number of 64 bits, timestamp a moment in UTC; null is the type of NULL alone. */
export type ScalarType = FeatureType | 'null';

/**
 * What an expression works with: null is missing; an integer beyond ±2^53 is a bigint; a timestamp is microseconds since
 * 1970.
 */
export type Value = number | bigint | string | boolean | null;
export type Values = Readonly<Record<string, Value>>;

/** The types of the names that an expression may use. */
export type Schema = Readonly<Record<string, FeatureType>>;

interface Placed {
  /** Where it begins in the text, for messages. */
  readonly at: number;
}
export interface Literal extends Placed {
  readonly kind: 'literal';
  readonly type: ScalarType;
  readonly value: Value;
}
export interface NameNode extends Placed {
  readonly kind: 'name';
  readonly name: string;
}
/** An operator or a function: `name` is that of its entry in the table of functions. */
export interface Call extends Placed {
  readonly kind: 'call';
  readonly name: string;
  readonly operands: readonly Expression[];
}
/** The first branch whose condition is true; CASE x WHEN v is written out as CASE WHEN x = v. */
export interface Case extends Placed {
  readonly kind: 'case';
  readonly branches: readonly { readonly when: Expression; readonly gives: Expression }[];
  readonly otherwise: Expression;
}
/** CAST and TRY_CAST alike: what cannot be cast is NULL. */
export interface Cast extends Placed {
  readonly kind: 'cast';
  readonly operand: Expression;
  readonly to: FeatureType;
}

/** A parsed scalar expression. These five kinds are the whole language: whoever translates it covers them and the table. */
export type Expression = Literal | NameNode | Call | Case | Cast;

/** Computes a value of a row; made once for an expression. */
export type Run = (row: Values) => Value;

/** An expression whose names and types are known to fit. */
export interface CheckedExpression {
  readonly expression: Expression;
  readonly type: ScalarType;
  readonly run: Run;
}
