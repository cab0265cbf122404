import { randomFrom, shuffle } from './random.ts';

/**
 * An order in which the columns of one background row are switched to the explained row's, and once more in reverse.
 * Between all of theirs and all of ours lie `columns.length - 1` mixed rows either way, which are asked of the model.
 */
export interface Order {
  readonly background: number;
  /** Players, by their place among the columns. */
  readonly columns: Int32Array;
  /** Where its mixed rows begin: those of the order itself, then those of the reverse. */
  readonly at: number;
}

export interface Orders {
  /** By background row, each with its one or two orders. */
  readonly of: readonly (readonly Order[])[];
  /** Mixed rows in all. */
  readonly asked: number;
}

/** Rows asked for one explanation, where one order for each background row leaves room for a second. */
const MOST_ASKED = 4_000;
/** Second orders that tell how far one order is from the next. */
const LEAST_SECONDS = 20;
/** One or two columns have no more than this one pair of orders. */
const EXACT = 2;

const cost = (columns: Int32Array): number => 2 * Math.max(columns.length - 1, 0);

/** Background rows that get a second order: the error of the estimate is told from these. */
const seconds = (differs: readonly Int32Array[], random: () => number): ReadonlySet<number> => {
  let left = MOST_ASKED - differs.reduce((sum, columns) => sum + cost(columns), 0);
  const chosen = new Set<number>();
  const inexact = Int32Array.from(differs.keys()).filter((row) => (differs[row]?.length ?? 0) > EXACT);
  for (const row of shuffle(inexact, random)) {
    left -= cost(differs[row] as Int32Array);
    if (left < 0 && chosen.size >= LEAST_SECONDS) break;
    chosen.add(row);
  }
  return chosen;
};

/** Draws an order for each background row, by the columns in which it differs. */
export const drawOrders = (differs: readonly Int32Array[], seed: number): Orders => {
  const random = randomFrom(seed);
  const twice = seconds(differs, random);
  let asked = 0;
  const draw = (background: number, columns: Int32Array): Order => {
    const order = { background, columns: shuffle(columns.slice(), random), at: asked };
    asked += cost(columns);
    return order;
  };
  const of = differs.map((columns, row) =>
    twice.has(row) ? [draw(row, columns), draw(row, columns)] : [draw(row, columns)],
  );
  return { of, asked };
};

/** Some of the orders, one after another. */
export interface OrdersPart {
  readonly orders: readonly Order[];
  /** Where the rows of its first order begin. */
  readonly from: number;
  readonly asked: number;
}

/** Orders in parts of at most so many rows each, or of a single order that has more. */
export const partsOf = ({ of }: Orders, most: number): readonly OrdersPart[] => {
  const parts: { orders: Order[]; from: number; asked: number }[] = [];
  for (const order of of.flat()) {
    const rows = cost(order.columns);
    const last = parts.at(-1);
    if (last && last.asked + rows <= most) {
      last.orders.push(order);
      last.asked += rows;
    } else parts.push({ orders: [order], from: order.at, asked: rows });
  }
  return parts;
};
