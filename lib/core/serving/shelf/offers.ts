import type { HeavyWork, ModelFiles } from '../ports.ts';

/** Offers files to the threads once however many hold them, and takes them back with the last. */
export class Offers {
  readonly #heavy: Pick<HeavyWork, 'offer' | 'forget'>;
  readonly #holders = new Map<string, number>();

  constructor(heavy: Pick<HeavyWork, 'offer' | 'forget'>) {
    this.#heavy = heavy;
  }

  hold(modelUri: string, files: ModelFiles): void {
    const holders = this.#holders.get(modelUri) ?? 0;
    this.#holders.set(modelUri, holders + 1);
    if (holders === 0) this.#heavy.offer(modelUri, files);
  }

  leave(modelUri: string): void {
    const holders = (this.#holders.get(modelUri) ?? 0) - 1;
    if (holders > 0) {
      this.#holders.set(modelUri, holders);
      return;
    }
    this.#holders.delete(modelUri);
    this.#heavy.forget(modelUri);
  }
}
