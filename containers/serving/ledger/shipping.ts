import type { ModelFiles, Notice } from '#core/serving/index.ts';

/** Where shipping finds what it needs, however it runs. */
export interface ShippingPlaces {
  /** Journals of all processes. */
  readonly root: string;
  /** That of this one. */
  readonly folder: string;
  readonly tally: SharedArrayBuffer;
  /** When so many bytes wait, lines go unexplained. */
  readonly plainAboveBytes: number;
}

/** What shipping asks of the process that it works for. */
export interface ShippingHub {
  /** Undefined for a model that cannot be had. */
  files(modelUri: string): Promise<ModelFiles | undefined>;
  /** Lines that were held are the stream's now. */
  taken(id: string): void;
  readonly notice: Notice;
}

export interface Shipping {
  /** Lines that could not be kept on disk. */
  hold(id: string, lines: string): void;
  /** Ships what it can in that time, milliseconds. */
  drain(ms: number): Promise<void>;
  stop(): Promise<void>;
}

/** Begins to ship closed segments. */
export type StartShipping = (places: ShippingPlaces, hub: ShippingHub) => Shipping;
