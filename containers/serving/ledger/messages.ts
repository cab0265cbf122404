import type { ModelFiles } from '#core/serving/index.ts';
import type { ShippingPlaces } from './shipping.ts';

/** What the thread is born with. */
export interface ThreadBirth extends ShippingPlaces {
  readonly streamName: string;
  /** Bytes of files whose models it keeps open. */
  readonly mostModelBytes?: number | undefined;
}

export type ToThread =
  | { readonly kind: 'hold'; readonly id: string; readonly lines: string }
  | { readonly kind: 'files'; readonly modelUri: string; readonly files?: ModelFiles | undefined }
  | { readonly kind: 'drain'; readonly ms: number };

export type FromThread =
  /** The first: it has loaded what it runs with. */
  | { readonly kind: 'up' }
  | { readonly kind: 'taken'; readonly id: string }
  | { readonly kind: 'want'; readonly modelUri: string }
  | { readonly kind: 'notice'; readonly what: string; readonly facts: Readonly<Record<string, unknown>> }
  | { readonly kind: 'drained' };
