import type { ServingFacts } from '#contracts/serving-facts.ts';
import { isPlatformError, PlatformError } from '#core/shared/index.ts';
import { Breaker } from '../breaker.ts';
import type { ExplanationNames, ModelFiles, OpenModel, Stopwatch } from '../ports.ts';
import type { Lanes } from './lanes.ts';
import { type Evictable, type MemoryBudget, modelBytes } from './memory-budget.ts';
import type { Offers } from './offers.ts';
import {
  type CheckedFiles,
  checkExplained,
  fetchChecked,
  type ModelRequest,
  namesOf,
  type OpenModelDeps,
  openGolden,
} from './open-model.ts';

export interface SlotDeps extends OpenModelDeps {
  readonly stopwatch: Stopwatch;
  readonly random: () => number;
  readonly budget: MemoryBudget;
  readonly offers: Offers;
  /** So many versions are fetched at once. */
  readonly fetching: Lanes;
  /** One is opened after the other: two in one turn of the loop would hold it up twice as long. */
  readonly opening: Lanes;
}

export interface Opened {
  readonly files: ModelFiles;
  readonly model: OpenModel;
  readonly place: CheckedFiles['place'];
}

/** What stays known of a version that passed its checks, whether its graph is in memory or not. */
export interface KnownModel {
  readonly facts: ServingFacts;
  readonly explains: ExplanationNames | undefined;
}

/** One version: checked once, in memory while it is asked for and the budget allows, opened again when it is asked. */
export class ModelSlot implements Evictable {
  readonly request: ModelRequest;
  bytes = 0;
  /** Never asked ones are the first to go. */
  lastUsedMs = 0;
  readonly #deps: SlotDeps;
  readonly #again: Breaker;
  #known: KnownModel | undefined;
  #opened: Opened | undefined;
  #loading: Promise<Opened> | undefined;
  #users = 0;

  constructor(deps: SlotDeps, request: ModelRequest) {
    this.#deps = deps;
    this.request = request;
    const { stopwatch, random } = deps;
    this.#again = new Breaker({ name: `the place of ${request.modelUri}`, stopwatch, random, mostFailures: 1 });
  }

  get opened(): Opened | undefined {
    return this.#opened;
  }

  isKnown(): boolean {
    return this.#known !== undefined;
  }

  isIdle(): boolean {
    return this.#users === 0 && this.#loading === undefined;
  }

  /**
   * Has the version checked, once however many ask.
   * @throws {PlatformError} MODEL_LOAD_FAILED; what the source throws
   */
  async check(): Promise<KnownModel> {
    if (!this.#known) await this.#load();
    return this.#known as KnownModel;
  }

  /**
   * Runs work on the open model, which is opened first where it is not; it stays open for as long as that takes.
   * @throws {PlatformError} UNAVAILABLE when it cannot be brought back into memory; what the work throws
   */
  async use<T>(work: (opened: Opened) => Promise<T>): Promise<T> {
    const { budget, stopwatch } = this.#deps;
    this.#users += 1;
    this.lastUsedMs = stopwatch.ms();
    try {
      return await work(this.#opened ?? (await this.#reopen()));
    } finally {
      this.#users -= 1;
      if (this.#users === 0 && budget.isOver()) await budget.makeRoom();
    }
  }

  /** To be called by the budget. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    if (!opened) return;
    this.#deps.offers.leave(this.request.modelUri);
    await opened.model.close();
  }

  async #reopen(): Promise<Opened> {
    if (this.#loading) return this.#loading;
    try {
      return await this.#again.ask(() => this.#load());
    } catch (error) {
      if (isPlatformError(error) && error.code === 'UNAVAILABLE') throw error;
      throw new PlatformError(
        'UNAVAILABLE',
        `${this.request.modelUri} is not in memory and could not be loaded again; try again shortly`,
        { cause: error instanceof Error ? error.message : String(error) },
      );
    }
  }

  #load(): Promise<Opened> {
    this.#loading ??= this.#deps
      .fetching(() => this.#open())
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }

  async #open(): Promise<Opened> {
    const { source } = this.#deps;
    const { modelUri } = this.request;
    try {
      const checked = await fetchChecked(this.#deps, this.request);
      const opened = await this.#deps.opening(() => this.#take(checked));
      if (!this.#known) await this.#learn(checked);
      return opened;
    } catch (error) {
      // What did not pass may be a bad copy. What is only away is none.
      if (isPlatformError(error) && error.code === 'MODEL_LOAD_FAILED') await source.forget(modelUri);
      throw error;
    }
  }

  async #take(checked: CheckedFiles): Promise<Opened> {
    const { budget, offers } = this.#deps;
    const { files, place } = checked;
    const bytes = modelBytes(files, place === 'endpoint');
    await budget.makeRoom(bytes);
    offers.hold(this.request.modelUri, files);
    try {
      const model = await openGolden(this.#deps, this.request, checked);
      const opened = { files, model, place };
      this.#opened = opened;
      this.bytes = bytes;
      budget.add(this);
      return opened;
    } catch (error) {
      offers.leave(this.request.modelUri);
      throw error;
    }
  }

  async #learn(checked: CheckedFiles): Promise<void> {
    try {
      await checkExplained(this.#deps, this.request.modelUri, checked);
      this.#known = { facts: checked.facts, explains: namesOf(checked.files) };
    } catch (error) {
      await this.#deps.budget.close(this);
      throw error;
    }
  }
}
