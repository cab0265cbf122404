import { Deployment } from '#contracts/deployment.ts';
import type { Notice } from './ports.ts';

/** Listings in a row that must agree before something is taken away: a stale or cut-off reading comes once. */
const LISTINGS_TO_AGREE = 3;

const modelOf = (raw: unknown): string | undefined => {
  const model = typeof raw === 'object' && raw !== null ? (raw as { model?: unknown }).model : undefined;
  return typeof model === 'string' ? model : undefined;
};

/**
 * Makes of what the registry lists what the fleet follows. A document that does not fit leaves its model as it is and
 * touches no other; one that is gone, or older than what was seen, counts when some listings in a row say so.
 */
export class SettledDocuments {
  readonly #notice: Notice;
  #followed = new Map<string, Deployment>();
  /** Listings in a row that would take something of a model back. */
  readonly #doubts = new Map<string, number>();
  readonly #unreadable = new Set<string>();

  constructor(notice: Notice) {
    this.#notice = notice;
  }

  /** Models whose document does not fit. */
  unreadable(): readonly string[] {
    return [...this.#unreadable].sort();
  }

  take(listing: readonly unknown[]): Deployment[] {
    const found = this.#read(listing);
    const next = new Map<string, Deployment>();
    for (const [model, document] of found) next.set(model, this.#newer(model, document));
    for (const [model, before] of this.#followed) {
      if (found.has(model)) continue;
      // An unreadable document is there: the model was not taken away.
      if (this.#unreadable.has(model) || !this.#agree(model)) next.set(model, before);
    }
    this.#followed = next;
    return [...next.values()];
  }

  #newer(model: string, document: Deployment): Deployment {
    const before = this.#followed.get(model);
    if (before && document.revision < before.revision && !this.#agree(model)) return before;
    this.#doubts.delete(model);
    return document;
  }

  #agree(model: string): boolean {
    const listings = (this.#doubts.get(model) ?? 0) + 1;
    const isAgreed = listings >= LISTINGS_TO_AGREE;
    if (isAgreed) this.#doubts.delete(model);
    else this.#doubts.set(model, listings);
    return isAgreed;
  }

  #read(listing: readonly unknown[]): Map<string, Deployment> {
    const found = new Map<string, Deployment>();
    const unreadable = new Set<string>();
    for (const raw of listing) {
      const parsed = Deployment.safeParse(raw);
      if (parsed.success) found.set(parsed.data.model, parsed.data);
      else this.#refuse(modelOf(raw) ?? '(no name)', parsed.error.issues[0], unreadable);
    }
    this.#unreadable.clear();
    for (const model of unreadable) this.#unreadable.add(model);
    return found;
  }

  #refuse(
    model: string,
    issue: { path: readonly PropertyKey[]; message: string } | undefined,
    into: Set<string>,
  ): void {
    const isKnown = this.#unreadable.has(model) || into.has(model);
    into.add(model);
    if (isKnown) return;
    this.#notice('deployment document does not fit', { model, reason: `${issue?.path.join('.')}: ${issue?.message}` });
  }
}
