import { ServingFacts } from '#contracts/serving-facts.ts';
import { type ModelFiles, type ModelRuntime, openExplainer } from '#core/serving/index.ts';
import type { HeavyThreads } from '../../../containers/serving/threads/heavy-work.ts';

/** HeavyWork on the thread that calls: a suite needs no threads to know what is answered. */
export const heavyHere = (runtime: ModelRuntime): HeavyThreads => {
  const offered = new Map<string, ModelFiles>();
  const filesOf = (modelUri: string): ModelFiles => {
    const files = offered.get(modelUri);
    if (!files) throw new Error(`${modelUri} was not offered`);
    return files;
  };
  const factsOf = ({ facts }: ModelFiles) => ServingFacts.parse(JSON.parse(facts));
  return {
    offer: (modelUri, files) => void offered.set(modelUri, files),
    forget: (modelUri) => void offered.delete(modelUri),
    run: async (modelUri, rows) => {
      const files = filesOf(modelUri);
      const model = await runtime.open(files.graph, factsOf(files));
      return model.run(rows).finally(() => model.close());
    },
    explain: async (modelUri, rows) => {
      const files = filesOf(modelUri);
      const explainer = await openExplainer(runtime, files, factsOf(files));
      return explainer.explain(rows).finally(() => explainer.close());
    },
    state: () => ({ threads: 0, busy: 0, waiting: 0, died: 0 }),
    close: async () => {},
  };
};
