import { ServingFacts } from '#contracts/serving-facts.ts';
// Not the whole of core: a thread should be there soon.
import { blaming, explainerOf, textsOf } from '#core/serving/explain/index.ts';
import type { ModelFiles, ModelRuntime, OpenModel, RowExplainer } from '#core/serving/index.ts';

/** Does work once; what failed is tried anew by who asks next. */
const once = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let doing: Promise<T> | undefined;
  return () => {
    doing ??= work().catch((error: unknown) => {
      doing = undefined;
      throw error;
    });
    return doing;
  };
};

/** A model as a thread has it: its files until they are opened, and what was opened. */
class ThreadModel {
  readonly #modelUri: string;
  readonly #runtime: ModelRuntime;
  #files: ModelFiles;
  #opened: OpenModel | undefined;
  readonly model = once(() => this.#open());
  /** @throws {PlatformError} EXPLANATION_MISSING, MODEL_LOAD_FAILED */
  readonly explainer = once(() => this.#prepare());

  constructor(modelUri: string, files: ModelFiles, runtime: ModelRuntime) {
    this.#modelUri = modelUri;
    this.#files = files;
    this.#runtime = runtime;
  }

  async close(): Promise<void> {
    await this.#opened?.close();
  }

  async #open(): Promise<OpenModel> {
    this.#opened = await this.#runtime.open(this.#files.graph, this.#facts());
    this.#files = { ...this.#files, graph: new Uint8Array(0) };
    return this.#opened;
  }

  async #prepare(): Promise<RowExplainer> {
    const facts = this.#facts();
    const texts = textsOf(this.#files, facts);
    const model = await this.model();
    const explainer = await blaming(this.#modelUri, () => explainerOf(model, facts, texts));
    const { explanation: _, ...rest } = this.#files;
    this.#files = rest;
    return explainer;
  }

  #facts(): ServingFacts {
    return ServingFacts.parse(JSON.parse(this.#files.facts));
  }
}

/** The models that a thread was given. */
export class ThreadModels {
  readonly #runtime: ModelRuntime;
  readonly #models = new Map<string, ThreadModel>();

  constructor(runtime: ModelRuntime) {
    this.#runtime = runtime;
  }

  give(modelUri: string, files: ModelFiles): void {
    this.#models.set(modelUri, new ThreadModel(modelUri, files, this.#runtime));
  }

  async drop(modelUri: string): Promise<void> {
    const model = this.#models.get(modelUri);
    this.#models.delete(modelUri);
    await model?.close();
  }

  get(modelUri: string): ThreadModel {
    const model = this.#models.get(modelUri);
    if (!model) throw new Error(`the thread was not given ${modelUri}`);
    return model;
  }
}
