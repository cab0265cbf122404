import type { Expression, Run, ScalarType, Value } from '../types.ts';

/** A whole number that is written out, no name and no expression. */
export interface Written {
  readonly from: number;
  readonly to: number;
}
export type ParameterType = ScalarType | Written;
export type Make = (operands: readonly Run[]) => Run;

/** One way to call a function: an integer also goes where a number is taken. */
export interface Overload {
  readonly takes: readonly ParameterType[];
  readonly gives: ScalarType;
  readonly make: Make;
}

/** Everything there is to know of a function or an operator. */
export interface ScalarFunction {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** How it is written, for the documentation. */
  readonly usage: string;
  readonly meaning: string;
  /** The first that fits is taken. */
  readonly overloads: readonly Overload[];
  /** The last parameter may come again and again. */
  readonly isVariadic?: boolean;
  /** A bare NULL may stand for a value: the engine finds its type among the others. */
  readonly takesNull?: boolean;
  /** Written as name(…); operators are not. */
  readonly isCalled: boolean;
  /** A part of a timestamp, for EXTRACT. */
  readonly isPart?: boolean;
  /** Gives an integer whatever it takes. */
  readonly isAlwaysInteger?: boolean;
  /** The engine has errors for some values: it is told to give NULL there. */
  readonly mayFail?: boolean;
  /** The engine copies the first operand. */
  readonly isWrittenOut?: boolean;
  /** Text for the engine from the texts of the operands. */
  readonly sql: (operands: readonly string[], nodes: readonly Expression[]) => string;
}

const first = (operands: readonly Run[], at = 0): Run => operands[at] ?? (() => null);

/** A function of one value that is missing where the value is. */
export const unary =
  <A extends Value>(f: (a: A) => Value): Make =>
  (operands) => {
    const x = first(operands);
    return (row) => {
      const a = x(row);
      return a === null ? null : f(a as A);
    };
  };

/** The same of two. */
export const binary =
  <A extends Value>(f: (a: A, b: A) => Value): Make =>
  (operands) => {
    const x = first(operands);
    const y = first(operands, 1);
    return (row) => {
      const a = x(row);
      const b = y(row);
      return a === null || b === null ? null : f(a as A, b as A);
    };
  };

/** A function of any number of values that is missing where one of them is. */
export const strict =
  (f: (values: readonly Value[]) => Value): Make =>
  (operands) =>
  (row) => {
    const values = operands.map((operand) => operand(row));
    return values.includes(null) ? null : f(values);
  };

/** A function that decides itself what a missing value means. */
export const withNulls =
  (f: (values: readonly Value[]) => Value): Make =>
  (operands) =>
  (row) =>
    f(operands.map((operand) => operand(row)));

/** One row must not sink a million: TRY gives NULL where a function has no answer. */
const tried = ({ mayFail }: Pick<ScalarFunction, 'mayFail'>, text: string): string => (mayFail ? `TRY(${text})` : text);

type Entry = Pick<ScalarFunction, 'name' | 'usage' | 'meaning' | 'overloads'> & Partial<ScalarFunction>;

/** A function that the engine knows by the same name. */
export const named = (entry: Entry): ScalarFunction => ({
  isCalled: true,
  sql: (operands) => {
    const text = `${entry.name}(${operands.join(', ')})`;
    // Some give a TINYINT or an INTEGER, which would overflow early in the arithmetic around them.
    return entry.isAlwaysInteger ? `CAST(${text} AS BIGINT)` : tried(entry, text);
  },
  ...entry,
});

/** An operator between two values. */
export const infix = (entry: Entry & { symbol?: string }): ScalarFunction => {
  const { symbol = entry.name, ...rest } = entry;
  return { isCalled: false, sql: ([left = '', right = '']) => tried(entry, `(${left} ${symbol} ${right})`), ...rest };
};
