import type { ServingFacts } from '#contracts/serving-facts.ts';
import { checkGoldenRows } from '../check-model.ts';
import { checkExplanation, explainerOf, textsOf } from '../explain/index.ts';
import type { ModelRows, OpenModel, RowAnswer, RowExplainer, RowExplanation } from '../ports.ts';
import { answerReader } from '../row-answers.ts';
import { sliceRows } from '../rows/index.ts';
import { type CheckedModel, checkedModel } from './checked-model.ts';
import type { ScoreShardDeps } from './ports.ts';

/** Rows of one run: what they need besides stays in a processor's cache. */
const ROWS_A_RUN = 1_024;

/** A model that scores, checked as the fleet checks those that it serves. */
export interface Scorer {
  readonly facts: ServingFacts;
  answers(rows: ModelRows): Promise<readonly RowAnswer[]>;
  /** Absent where nothing is to be explained. */
  readonly explainer?: Pick<RowExplainer, 'names'> & {
    each(rows: ModelRows, take: (row: number, explanation: RowExplanation) => void): Promise<void>;
  };
  close(): Promise<void>;
}

export interface ScorerRequest {
  readonly modelUri: string;
  readonly onnxSha256: string;
  readonly explain: boolean;
}

async function* parts(rows: ModelRows): AsyncGenerator<readonly [number, ModelRows]> {
  for (let from = 0; from < rows.count; from += ROWS_A_RUN) yield [from, sliceRows(rows, from, from + ROWS_A_RUN)];
}

const explaining = (explainer: RowExplainer): Scorer['explainer'] => ({
  names: explainer.names,
  each: async (rows, take) => {
    for await (const [from, part] of parts(rows))
      for (const [row, explanation] of (await explainer.explain(part)).entries()) take(from + row, explanation);
  },
});

const openExplaining = (
  deps: ScoreShardDeps,
  { modelUri }: ScorerRequest,
  { model, files, facts }: CheckedModel & { readonly model: OpenModel },
): Promise<RowExplainer> => {
  const texts = textsOf(files, facts);
  return checkExplanation({ modelUri, facts, texts, digest: deps.digest }, () => explainerOf(model, facts, texts));
};

const checked = async (
  deps: ScoreShardDeps,
  request: ScorerRequest,
  of: CheckedModel & { readonly model: OpenModel },
): Promise<Scorer> => {
  const { model } = of;
  await checkGoldenRows(request.modelUri, of.facts, model);
  const explainer = request.explain ? explaining(await openExplaining(deps, request, of)) : undefined;
  // Features that the graph computes are told of single predictions; here they are not written.
  const read = answerReader({ ...of.facts, computed: [] });
  const answers = async (rows: ModelRows): Promise<readonly RowAnswer[]> => {
    const found: RowAnswer[] = [];
    for await (const [, part] of parts(rows)) found.push(...read(await model.run(part)));
    return found;
  };
  return { facts: of.facts, answers, ...(explainer && { explainer }), close: () => model.close() };
};

/** @throws {PlatformError} MODEL_LOAD_FAILED, EXPLANATION_MISSING */
export const openScorer = async (deps: ScoreShardDeps, request: ScorerRequest): Promise<Scorer> => {
  const { files, facts } = await checkedModel(deps, request.modelUri, request.onnxSha256);
  const model = await deps.runtime.open(files.graph, { ...facts, computed: [] });
  try {
    return await checked(deps, request, { files, facts, model });
  } catch (error) {
    await model.close();
    throw error;
  }
};
