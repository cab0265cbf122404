import type { RowExplanation } from '../../ports.ts';
import type { Order, Orders } from './orders.ts';
import { Spread } from './spread.ts';

/** Answers, `outputs` numbers each. */
export interface Answers {
  readonly outputs: number;
  readonly own: Float64Array;
  readonly background: Float64Array;
  readonly mixed: Float64Array;
}

type Estimate = Required<Pick<RowExplanation, 'values' | 'errors'>>;

/** What the switch of each column changed, mean of an order and its reverse: by column and output. */
const changesOf = (order: Order, answers: Answers, changes: Float64Array): void => {
  const { outputs, own, background, mixed } = answers;
  const count = order.columns.length;
  const inner = count - 1;
  // The answer when so many columns of the order at `start` are switched.
  const seen = (start: number, switched: number, output: number): number => {
    if (switched === 0) return background[order.background * outputs + output] as number;
    if (switched === count) return own[output] as number;
    return mixed[(start + switched - 1) * outputs + output] as number;
  };
  for (const [place, column] of order.columns.entries())
    for (let output = 0; output < outputs; output += 1) {
      const forward = seen(order.at, place + 1, output) - seen(order.at, place, output);
      const behind = inner - place;
      const back = seen(order.at + inner, behind + 1, output) - seen(order.at + inner, behind, output);
      changes[column * outputs + output] = (forward + back) / 2;
    }
};

/** Two columns have one order and its reverse: nothing is left to chance. */
const EXACT = 2;

/** Adds up the orders of background rows. */
class Sums {
  readonly #answers: Answers;
  readonly #values: Float64Array;
  readonly #spread: Spread;
  readonly #first: Float64Array;
  readonly #second: Float64Array;

  constructor(answers: Answers, cells: number) {
    this.#answers = answers;
    this.#spread = new Spread(cells);
    [this.#values, this.#first, this.#second] = [1, 2, 3].map(() => new Float64Array(cells)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
  }

  add(one: Order, other: Order | undefined): void {
    changesOf(one, this.#answers, this.#first);
    if (other) changesOf(other, this.#answers, this.#second);
    const { outputs } = this.#answers;
    for (const column of one.columns)
      for (let cell = column * outputs; cell < (column + 1) * outputs; cell += 1)
        if (other) this.#addTwo(cell);
        else this.#addOne(cell, one.columns.length > EXACT);
  }

  mean(rows: number): Estimate {
    return { values: this.#values.map((sum) => sum / rows), errors: this.#spread.errors(rows) };
  }

  #addOne(cell: number, isDrawn: boolean): void {
    const change = this.#first[cell] as number;
    this.#values[cell] = (this.#values[cell] as number) + change;
    if (isDrawn) this.#spread.one(cell, change);
  }

  #addTwo(cell: number): void {
    const [one, other] = [this.#first[cell] as number, this.#second[cell] as number];
    this.#values[cell] = (this.#values[cell] as number) + (one + other) / 2;
    this.#spread.two(cell, one, other);
  }
}

/** Mean over background rows and their orders: it has no bias, and adds up exactly whatever was drawn. */
export const estimate = (orders: Orders, answers: Answers, columns: number): Estimate => {
  const sums = new Sums(answers, columns * answers.outputs);
  for (const [one, other] of orders.of) if (one) sums.add(one, other);
  return sums.mean(orders.of.length);
};
