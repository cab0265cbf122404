/** What a caller asks for: MLflow's filter text and order_by texts, read as MLflow 3.17 reads them. */
export interface SearchText {
  readonly filter?: string | undefined;
  /** @default the order of the real server for that kind, such as start_time DESC for runs */
  readonly orderBy?: readonly string[] | undefined;
}

/** Which keys a search reads, so that a store need not read the others to decide and to sort. */
export interface SearchNeeds {
  readonly metrics: readonly string[];
  readonly params: readonly string[];
  readonly tags: readonly string[];
  /** Data sets of runs; of logged models every metric, since each may be measured on one. */
  readonly datasets: boolean;
}

/** One sort value of a row; undefined = missing, which comes last in both directions (NaN just before it). */
export type SortValue = string | number | bigint | undefined;
/** Where a row stands in the order: one value for every sort term, its id among them, so no two rows share it. */
export type SortPosition = readonly SortValue[];

/** A parsed search: pure functions over one row of its kind. */
export interface Search<T> {
  readonly matches: (row: T) => boolean;
  /** Total order: negative when a comes before b; 0 only for the same row. */
  readonly compare: (a: T, b: T) => number;
  readonly needs: () => SearchNeeds;
  readonly position: (row: T) => SortPosition;
  readonly comparePositions: (a: SortPosition, b: SortPosition) => number;
  /**
   * Values to which = and IN confine an attribute, so that a store may look them up instead of scanning;
   * undefined when the filter does not confine it.
   * @example parseRunSearch({ filter: "run_id IN ('a', 'b')" }).pinned('run_id') // ['a', 'b']
   */
  readonly pinned: (attribute: string) => readonly string[] | undefined;
  /** The same text for the same filter and order: page tokens are bound to it. */
  readonly identity: string;
}

/** Moments in ms since 1970, both inclusive; undefined = open. */
export interface TimeBounds {
  readonly fromMs?: number | bigint | undefined;
  readonly untilMs?: number | bigint | undefined;
}
