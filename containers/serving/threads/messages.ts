import type { GraphAnswers, ModelFiles, ModelRows } from '#core/serving/index.ts';
import type { PackedExplanations } from './packed.ts';

export type ToThread =
  | { readonly kind: 'give'; readonly modelUri: string; readonly files: ModelFiles }
  | { readonly kind: 'drop'; readonly modelUri: string }
  | { readonly kind: 'run' | 'explain'; readonly modelUri: string; readonly rows: ModelRows };

/** One for each run and explain, in their order; `ms` is what it took. */
export type FromThread =
  | { readonly kind: 'answered'; readonly answers: GraphAnswers; readonly ms: number }
  | { readonly kind: 'explained'; readonly explanations: PackedExplanations; readonly ms: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** An error as it crosses threads: a PlatformError where it has a code. */
export interface Refusal {
  readonly code?: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}
