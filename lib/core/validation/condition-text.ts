import { type Comparison, type Condition, comparisonOf, type Operand, UnreadableCondition } from './condition.ts';
import { type Token, tokensOf } from './condition-tokens.ts';

const nullWords: Readonly<Record<string, boolean>> = {
  isnull: true,
  isna: true,
  notnull: false,
  notna: false,
  isnotnull: false,
};
const words: Readonly<Record<string, boolean>> = { true: true, false: false };
const reserved = ['and', 'or', 'not', 'in', 'is', 'null', 'none', 'between', 'like'];

/** Reads conditions from the left to the right, each rule a method. */
class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  whole(): Condition {
    const condition = this.#or();
    if (this.#next.kind !== 'end') throw this.#unexpected('and, or, or the end');
    return condition;
  }

  get #next(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
  }

  #unexpected(wanted: string): UnreadableCondition {
    const { text, position, kind } = this.#next;
    return new UnreadableCondition(
      `${kind === 'end' ? text : JSON.stringify(text)} stands where ${wanted} should`,
      position,
    );
  }

  /** Takes the next token when it is one of these words or signs. */
  #take(...wanted: readonly string[]): string | undefined {
    const { kind, text } = this.#next;
    if (kind === 'text' || kind === 'quoted-name' || kind === 'end' || !wanted.includes(text.toLowerCase()))
      return undefined;
    this.#at += 1;
    return text;
  }

  #must(sign: string): void {
    if (this.#take(sign) === undefined) throw this.#unexpected(JSON.stringify(sign));
  }

  #or(): Condition {
    const parts = [this.#and()];
    while (this.#take('or', '|', '||')) parts.push(this.#and());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'or', parts };
  }

  #and(): Condition {
    const parts = [this.#not()];
    while (this.#take('and', '&', '&&')) parts.push(this.#not());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', parts };
  }

  #not(): Condition {
    if (this.#take('not', '~', '!')) return { kind: 'not', part: this.#not() };
    if (!this.#take('(')) return this.#comparison();
    const inner = this.#or();
    this.#must(')');
    return inner;
  }

  #comparison(): Condition {
    const left = this.#operand();
    const column = 'column' in left ? left.column : undefined;
    if (column !== undefined) {
      const about = this.#aboutColumn(column);
      if (about) return about;
    }
    const operator = this.#operator();
    if (operator) return this.#chain(left, operator);
    if (column !== undefined) return { kind: 'flag', column };
    throw this.#unexpected('a comparison');
  }

  // 0 < a < 5 says both, as in Python.
  #chain(left: Operand, operator: Comparison): Condition {
    const right = this.#operand();
    const first: Condition = { kind: 'compare', left, operator, right };
    const more = this.#operator();
    return more ? { kind: 'and', parts: [first, this.#chain(right, more)] } : first;
  }

  #operator(): Comparison | undefined {
    const { kind, text } = this.#next;
    const operator = kind === 'symbol' ? comparisonOf(text) : undefined;
    if (operator) this.#at += 1;
    return operator;
  }

  #aboutColumn(column: string): Condition | undefined {
    if (this.#take('.')) return this.#method(column);
    if (this.#take('is')) return this.#isNull(column);
    if (this.#take('between')) return this.#between(column);
    const negated = this.#next.text.toLowerCase() === 'not' && this.#take('not') !== undefined;
    if (this.#take('in')) return this.#negated(negated, { kind: 'in', column, values: this.#list() });
    if (negated) throw this.#unexpected('"in"');
    return undefined;
  }

  #negated(negated: boolean, part: Condition): Condition {
    return negated ? { kind: 'not', part } : part;
  }

  #method(column: string): Condition {
    const word = this.#next.text.toLowerCase();
    if (word === 'isin') {
      this.#at += 1;
      this.#must('(');
      const values = this.#list();
      this.#must(')');
      return { kind: 'in', column, values };
    }
    const isNull = Object.hasOwn(nullWords, word) ? nullWords[word] : undefined;
    if (isNull === undefined) throw this.#unexpected('notNull(), isNull() or isin([…])');
    this.#at += 1;
    this.#must('(');
    this.#must(')');
    return this.#negated(!isNull, { kind: 'null', column });
  }

  #isNull(column: string): Condition {
    const negated = this.#take('not') !== undefined;
    if (!this.#take('null', 'none')) throw this.#unexpected('"null"');
    return this.#negated(negated, { kind: 'null', column });
  }

  #between(column: string): Condition {
    const low = this.#operand();
    this.#must('and');
    const high = this.#operand();
    const left = { column };
    return {
      kind: 'and',
      parts: [
        { kind: 'compare', left, operator: '>=', right: low },
        { kind: 'compare', left, operator: '<=', right: high },
      ],
    };
  }

  #list(): (string | number | boolean)[] {
    const closing = this.#take('[') ? ']' : ')';
    if (closing === ')') this.#must('(');
    const values = [this.#value()];
    while (this.#take(',')) values.push(this.#value());
    this.#must(closing);
    return values;
  }

  #value(): string | number | boolean {
    const operand = this.#operand();
    if ('value' in operand) return operand.value;
    throw this.#unexpected('values alone, no columns,');
  }

  #operand(): Operand {
    const sign = this.#take('-') ? -1 : 1;
    if (sign === 1) this.#take('+');
    const { kind, text } = this.#next;
    if (kind === 'number') {
      this.#at += 1;
      return { value: sign * Number(text) };
    }
    if (sign === -1 || kind === 'symbol' || kind === 'end') throw this.#unexpected('a column or a value');
    this.#at += 1;
    if (kind === 'text') return { value: text };
    return kind === 'quoted-name' ? { column: text } : this.#named(text);
  }

  #named(word: string): Operand {
    const lower = word.toLowerCase();
    if ((lower === 'col' || lower === 'date') && this.#take('(')) {
      const { kind, text } = this.#next;
      if (kind !== 'text') throw this.#unexpected('a text in quotes');
      this.#at += 1;
      this.#must(')');
      return lower === 'col' ? { column: text } : { value: text };
    }
    if (Object.hasOwn(words, lower)) return { value: lower === 'true' };
    if (!reserved.includes(lower)) return { column: word };
    this.#at -= 1;
    throw this.#unexpected('a column or a value');
  }
}

/**
 * Reads Great Expectations' own grammar and simple expressions of pandas and Spark.
 * @example readCondition('col("age") > 5') // { kind: 'compare', left: { column: 'age' }, operator: '>', right: { value: 5 } }
 * @throws UnreadableCondition
 */
export const readCondition = (text: string): Condition => new Reader(text).whole();
