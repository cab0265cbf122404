import type { Entity, Feature } from '#contracts/feature-views.ts';
import type { Relation } from '../relation.ts';

/** A view whose values are wanted, and the rows they stand in. */
export interface ViewToJoin {
  readonly name: string;
  /** Name of the table or view that `viewRows` made. */
  readonly rows: string;
  readonly entities: readonly Pick<Entity, 'joinKey' | 'type'>[];
  /** All of the view's features: they decide between rows that agree in both times. */
  readonly features: readonly Feature[];
  /** The wanted ones, with the names of their columns in the answer. */
  readonly wanted: readonly { readonly name: string; readonly as: string }[];
  /** A value older than this is none. 0: it holds for ever. */
  readonly ttlDays: number;
}

export interface JoinRequest {
  /** The rows that features are wanted for, with the keys of every view. */
  readonly entities: Relation;
  /** SQL over the entity table of the moment that a row is about, UTC. @example '"event_timestamp"' */
  readonly time: string;
  readonly views: readonly ViewToJoin[];
  /** Uses only values that were known at the row's time, not only those that were true. @default false */
  readonly asKnownAt?: boolean | undefined;
}

/** How a joined table is read: `SELECT {columns} FROM ({query})`. */
export interface Joined {
  /** Rows in the order of the entity table. */
  readonly query: string;
  /** Names of the columns of the entity table, then those of the features. */
  readonly columns: readonly string[];
  /** SQL of the column that numbers the rows as the entity table had them, for those who change the order. */
  readonly row: string;
}
