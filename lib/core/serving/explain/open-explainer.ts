import type { ExplanationParts } from '#contracts/explanation-files.ts';
import type { ServingFacts } from '#contracts/serving-facts.ts';
import { PlatformError } from '#core/shared/index.ts';
import type {
  ExplanationTexts,
  ModelFiles,
  ModelRows,
  ModelRuntime,
  OpenModel,
  RowExplainer,
  RowExplanation,
} from '../ports.ts';
import type { EncodedExplainer } from './encoded-explainer.ts';
import { linearExplainer } from './linear.ts';
import { explanationNames } from './names.ts';
import { BadExplanationError, readBackground, readParts } from './read-files.ts';
import { sampledExplainer } from './sampled/sampled-explainer.ts';
import { treeExplainer } from './tree/tree-explainer.ts';

/** An explainer with a model of its own. */
export interface OpenExplainer extends RowExplainer {
  close(): Promise<void>;
}

type Facts = Pick<ServingFacts, 'inputs' | 'explanation'>;
type ExactParts = Exclude<ExplanationParts, { method: 'sampled' }>;

const checkShape = (parts: ExplanationParts, width?: number): void => {
  const { outputs, columns, expected } = parts;
  if (expected.length !== outputs.length)
    throw new BadExplanationError('explain/parts.json expects no number an output');
  if (parts.method === 'sampled') return;
  if (parts.base.length !== outputs.length) throw new BadExplanationError('explain/parts.json has no base an output');
  if (parts.columnOf.length !== width)
    throw new BadExplanationError(
      `explain/parts.json speaks of ${parts.columnOf.length} positions, the graph of ${width}`,
    );
  if (parts.columnOf.some((column) => column >= columns.length))
    throw new BadExplanationError('explain/parts.json gives a position to a column that it does not name');
};

const exact = async (model: OpenModel, parts: ExactParts, background: ModelRows): Promise<RowExplainer['explain']> => {
  const encoded = await model.encode(background);
  checkShape(parts, encoded.width);
  const explain: EncodedExplainer =
    parts.method === 'tree' ? treeExplainer(parts, encoded) : linearExplainer(parts, encoded);
  return async (rows) => {
    const asked = await model.encode(rows);
    return Array.from({ length: rows.count }, (_, row): RowExplanation => explain(asked, row));
  };
};

/**
 * Prepares the explanations of an open model: the background goes through the graph once, here.
 * @throws BadExplanationError when the files do not fit each other or the graph
 */
export const explainerOf = async (model: OpenModel, facts: Facts, texts: ExplanationTexts): Promise<RowExplainer> => {
  const parts = readParts(texts.parts);
  const { method, of } = facts.explanation ?? {};
  if (parts.method !== method || parts.of !== of)
    throw new BadExplanationError(
      `explain/parts.json is ${parts.method} of ${parts.of}, serving.json says ${method} of ${of}`,
    );
  const background = readBackground(texts.background, facts);
  const names = explanationNames(parts);
  if (parts.method !== 'sampled') return { names, explain: await exact(model, parts, background) };
  checkShape(parts);
  return { names, explain: await sampledExplainer({ model, inputs: facts.inputs, names, background }) };
};

/** @throws {PlatformError} EXPLANATION_MISSING */
export const textsOf = (files: ModelFiles, facts: Facts): ExplanationTexts => {
  if (files.explanation && facts.explanation) return files.explanation;
  throw new PlatformError(
    'EXPLANATION_MISSING',
    'training left no explanation with this version; train and register it again',
  );
};

/**
 * Opens a model to explain its predictions, on the thread that calls.
 * @throws {PlatformError} EXPLANATION_MISSING when training left none
 * @throws BadExplanationError when its files are wrong
 * @example const explainer = await openExplainer(runtime, files, facts);
 * explanationOf(explainer.names, (await explainer.explain(rows))[0])
 */
export const openExplainer = async (
  runtime: ModelRuntime,
  files: ModelFiles,
  facts: ServingFacts,
): Promise<OpenExplainer> => {
  const texts = textsOf(files, facts);
  const model = await runtime.open(files.graph, facts);
  try {
    return { ...(await explainerOf(model, facts, texts)), close: () => model.close() };
  } catch (error) {
    await model.close();
    throw error;
  }
};
