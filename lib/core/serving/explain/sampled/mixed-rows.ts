import type { GraphColumn, ModelRows } from '../../ports.ts';
import type { ColumnInput, OpenColumn } from '../../rows/index.ts';
import { openColumn } from '../../rows/index.ts';
import type { Order, OrdersPart } from './orders.ts';

/** What is mixed: one row of `rows` with rows of the background. */
export interface Mixture {
  readonly inputs: readonly ColumnInput[];
  /** Input of each player. */
  readonly players: readonly number[];
  readonly rows: ModelRows;
  readonly row: number;
  readonly background: ModelRows;
}

/** NaN is as good as NaN: both are missing. */
const isSame = (one: unknown, other: unknown): boolean => one === other || (Number.isNaN(one) && Number.isNaN(other));

/** Players in which each background row is other than the row. */
export const differing = ({ players, rows, row, background }: Mixture): Int32Array[] => {
  const own = players.map((input) => rows.columns[input]?.[row]);
  return Array.from({ length: background.count }, (_, theirs) =>
    Int32Array.from(players.keys()).filter(
      (player) => !isSame(background.columns[players[player] as number]?.[theirs], own[player]),
    ),
  );
};

const fill = (column: OpenColumn, value: number | string, [from, to]: readonly [number, number]): void => {
  (column as (number | string)[]).fill(value, from, to);
};

/** Puts their values where they are not switched yet: a column at some place of the order is theirs so many rows long. */
const putTheirs = (
  columns: readonly OpenColumn[],
  { players, background }: Mixture,
  { order, at }: { readonly order: Order; readonly at: number },
): void => {
  const inner = order.columns.length - 1;
  for (const [place, player] of order.columns.entries()) {
    const input = players[player] as number;
    const theirs = background.columns[input]?.[order.background] as number | string;
    const column = columns[input] as OpenColumn;
    const back = at + inner;
    fill(column, theirs, [at, at + Math.min(place, inner)]);
    fill(column, theirs, [back, back + Math.min(inner - place, inner)]);
  }
};

/** The rows that some orders ask of the model. */
export const mixedRows = (mixture: Mixture, { orders, from, asked }: OrdersPart): ModelRows => {
  const { inputs, rows, row } = mixture;
  const columns = inputs.map((input, at) => {
    const column = openColumn(input, asked);
    fill(column, (rows.columns[at] as GraphColumn)[row] as number | string, [0, asked]);
    return column;
  });
  for (const order of orders) if (order.columns.length > 1) putTheirs(columns, mixture, { order, at: order.at - from });
  return { count: asked, columns };
};
