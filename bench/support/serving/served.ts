import type { Pinned } from './pinned.ts';

export type Rows = readonly (readonly number[])[];

/** How a server is asked, and what its answer says. */
export interface Dialect {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  body(rows: Rows): unknown;
  /** The positive class's probability of each row. */
  scores(reply: unknown): readonly number[];
}

export interface Place {
  readonly port: number;
  /** Holds model.onnx and serving.json. */
  readonly model: string;
  /** For files of this run. */
  readonly scratch: string;
}

/** A server of the comparison. */
export interface Served {
  /** How one row is asked, and many. */
  readonly one: Dialect;
  readonly many: Dialect;
  /** Makes what it needs, starts it on its core and waits until it is ready. */
  start(place: Place): Promise<Pinned>;
}
