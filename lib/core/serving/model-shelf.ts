import type { Digest } from '#core/shared/index.ts';
import { checkFiles, checkGoldenRows, checkRegistered } from './check-model.ts';
import type { ModelRow, ModelRuntime, ModelSource, OpenModel, RowAnswer, ServedModel, Stopwatch } from './ports.ts';
import { answerReader } from './row-answers.ts';
import { type AfterThisTurn, tickBatch } from './tick-batch.ts';

export interface ModelShelfDeps {
  readonly source: ModelSource;
  readonly runtime: ModelRuntime;
  readonly digest: Digest;
  readonly stopwatch: Stopwatch;
  readonly afterThisTurn: AfterThisTurn;
}

/** Models in memory by modelUri, each opened and checked once however many deployments name it. */
export interface ModelShelf {
  /**
   * @param onnxSha256 what the graph must have, undefined when nobody said
   * @throws {PlatformError} MODEL_LOAD_FAILED
   */
  take(modelUri: string, onnxSha256?: string): Promise<ServedModel>;
  /** Lets go of all others; those are closed once no request can be using them. */
  keepOnly(modelUris: ReadonlySet<string>): Promise<void>;
}

/** Longer than any request may take. */
const CLOSE_AFTER_MS = 60_000;
/** Rows of one run: a few milliseconds of the only thread. */
const MOST_ROWS = 1_000;

interface Shelved {
  readonly open: OpenModel;
  readonly served: ServedModel;
}

export const modelShelf = (deps: ModelShelfDeps): ModelShelf => {
  const { source, runtime, digest, stopwatch, afterThisTurn } = deps;
  const shelf = new Map<string, Promise<Shelved>>();
  let retired: { readonly open: OpenModel; readonly sinceMs: number }[] = [];

  const load = async (modelUri: string, onnxSha256?: string): Promise<Shelved> => {
    const files = await source.fetch(modelUri);
    const facts = checkFiles(modelUri, files, digest);
    checkRegistered(modelUri, facts, onnxSha256);
    const open = await runtime.open(files.graph, facts);
    try {
      await checkGoldenRows(modelUri, facts, open);
    } catch (error) {
      await open.close();
      throw error;
    }
    const read = answerReader(facts);
    const answer = tickBatch<ModelRow, RowAnswer>({
      run: async (rows) => read(await open.run(rows)),
      afterThisTurn,
      most: MOST_ROWS,
    });
    return { open, served: { facts, modelUri, answer } };
  };

  const loadOrForget = async (modelUri: string, onnxSha256?: string): Promise<Shelved> => {
    try {
      return await load(modelUri, onnxSha256);
    } catch (error) {
      shelf.delete(modelUri);
      await source.forget(modelUri);
      throw error;
    }
  };

  const retire = async (modelUri: string, loading: Promise<Shelved>): Promise<void> => {
    shelf.delete(modelUri);
    const shelved = await loading.catch(() => undefined);
    if (shelved) retired.push({ open: shelved.open, sinceMs: stopwatch.ms() });
  };

  return {
    take: async (modelUri, onnxSha256) => {
      const loading = shelf.get(modelUri) ?? loadOrForget(modelUri, onnxSha256);
      shelf.set(modelUri, loading);
      const { served } = await loading;
      checkRegistered(modelUri, served.facts, onnxSha256);
      return served;
    },
    keepOnly: async (modelUris) => {
      for (const [modelUri, loading] of shelf) if (!modelUris.has(modelUri)) await retire(modelUri, loading);
      const old = retired.filter(({ sinceMs }) => stopwatch.ms() - sinceMs > CLOSE_AFTER_MS);
      retired = retired.filter((model) => !old.includes(model));
      await Promise.all(old.map(({ open }) => open.close()));
    },
  };
};
