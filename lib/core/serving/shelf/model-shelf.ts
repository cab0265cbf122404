import { checkRegistered } from '../check-model.ts';
import type { ServedModel, Stopwatch } from '../ports.ts';
import type { AfterThisTurn } from '../tick-batch.ts';
import { lanes } from './lanes.ts';
import { MemoryBudget } from './memory-budget.ts';
import { ModelSlot, type SlotDeps } from './model-slot.ts';
import { Offers } from './offers.ts';
import type { ModelRequest, OpenModelDeps } from './open-model.ts';
import { servedModel } from './served-model.ts';

export interface ModelShelfDeps extends OpenModelDeps {
  readonly stopwatch: Stopwatch;
  readonly afterThisTurn: AfterThisTurn;
  readonly random: () => number;
  /** What open models may take; a single larger one is opened all the same. */
  readonly mostBytes: number;
}

export interface ShelfState {
  /** Versions that passed their checks. */
  readonly known: number;
  /** Of those, in memory. */
  readonly loaded: number;
  readonly bytes: number;
  readonly mostBytes: number;
}

/**
 * Versions of every model: each checked once however many deployments name it, those asked for in memory, the others
 * opened when they are asked. Ten thousands of requests for a version that is not open are one load.
 */
export interface ModelShelf {
  /**
   * A version that passed its checks.
   * @throws {PlatformError} MODEL_LOAD_FAILED
   */
  take(request: ModelRequest): Promise<ServedModel>;
  /** Lets go of all others; those are closed once no request can be using them. */
  keepOnly(requests: readonly ModelRequest[]): Promise<void>;
  /** Whether it would answer without being opened first. */
  isLoaded(request: ModelRequest): boolean;
  state(): ShelfState;
  /** Closes everything. */
  close(): Promise<void>;
}

/** Longer than a request waits between its choice of a version and its run. */
const CLOSE_AFTER_MS = 10_000;
const FETCHED_AT_ONCE = 8;

interface Shelved {
  readonly slot: ModelSlot;
  readonly served: Promise<ServedModel>;
}

const keyOf = ({ modelUri, endpoint }: ModelRequest): string => `${modelUri} ${endpoint ?? ''}`;

class Shelf implements ModelShelf {
  readonly #deps: ModelShelfDeps;
  readonly #budget: MemoryBudget;
  readonly #shared: Pick<SlotDeps, 'budget' | 'offers' | 'fetching' | 'opening'>;
  readonly #kept = new Map<string, Shelved>();
  readonly #retired = new Map<string, Shelved & { readonly sinceMs: number }>();

  constructor(deps: ModelShelfDeps) {
    this.#deps = deps;
    this.#budget = new MemoryBudget(deps.mostBytes);
    const offers = new Offers(deps.heavy);
    this.#shared = { budget: this.#budget, offers, fetching: lanes(FETCHED_AT_ONCE), opening: lanes(1) };
  }

  async take(request: ModelRequest): Promise<ServedModel> {
    const key = keyOf(request);
    const served = await (this.#kept.get(key) ?? this.#revive(key) ?? this.#shelve(key, request)).served;
    checkRegistered(request.modelUri, served.facts, request.onnxSha256);
    return served;
  }

  async keepOnly(requests: readonly ModelRequest[]): Promise<void> {
    const wanted = new Set(requests.map(keyOf));
    for (const [key, shelved] of this.#kept) {
      if (wanted.has(key)) continue;
      this.#kept.delete(key);
      this.#retired.set(key, { ...shelved, sinceMs: this.#deps.stopwatch.ms() });
    }
    await this.#closeRetired();
  }

  isLoaded(request: ModelRequest): boolean {
    return this.#kept.get(keyOf(request))?.slot.opened !== undefined;
  }

  state(): ShelfState {
    const { count, bytes, mostBytes } = this.#budget;
    const known = [...this.#kept.values()].filter(({ slot }) => slot.isKnown()).length;
    return { known, loaded: count, bytes, mostBytes };
  }

  close(): Promise<void> {
    return this.#budget.closeAll();
  }

  #shelve(key: string, request: ModelRequest): Shelved {
    const slot = new ModelSlot({ ...this.#deps, ...this.#shared }, request);
    const served = slot.check().then((known) => servedModel(this.#deps, slot, known));
    const shelved: Shelved = { slot, served };
    this.#kept.set(key, shelved);
    served.catch(() => {
      // It is tried anew by who asks next.
      for (const place of [this.#kept, this.#retired]) if (place.get(key)?.slot === slot) place.delete(key);
    });
    return shelved;
  }

  /** One that is let go of may be asked for again before it is closed. */
  #revive(key: string): Shelved | undefined {
    const found = this.#retired.get(key);
    if (!found) return undefined;
    this.#retired.delete(key);
    this.#kept.set(key, found);
    return found;
  }

  async #closeRetired(): Promise<void> {
    const nowMs = this.#deps.stopwatch.ms();
    for (const [key, { slot, sinceMs }] of this.#retired) {
      if (!slot.isIdle() || nowMs - Math.max(sinceMs, slot.lastUsedMs) <= CLOSE_AFTER_MS) continue;
      this.#retired.delete(key);
      await this.#budget.close(slot);
    }
  }
}

/** @example const served = await modelShelf(deps).take({ modelUri, onnxSha256 }) */
export const modelShelf = (deps: ModelShelfDeps): ModelShelf => new Shelf(deps);
