import { ServingFacts } from '#contracts/training.ts';
import { type Digest, PlatformError } from '#core/shared/index.ts';
import { toModelValue } from './feature-row.ts';
import { modelFields } from './model-fields.ts';
import type { ModelFiles, ModelRow, OpenModel } from './ports.ts';

/** Largest difference that a golden row's probability may have. */
export const GOLDEN_TOLERANCE = 1e-5;

const refused = (modelUri: string, why: string): PlatformError =>
  new PlatformError('MODEL_LOAD_FAILED', `${modelUri} does not go live: ${why}; train and register it again`, {
    modelUri,
  });

const parseFacts = (modelUri: string, text: string): ServingFacts => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refused(modelUri, 'serving.json is no JSON');
  }
  const parsed = ServingFacts.safeParse(json);
  if (!parsed.success) throw refused(modelUri, `serving.json does not fit (${parsed.error.issues[0]?.message})`);
  return parsed.data;
};

/**
 * Holds a model against what the registry says of it: serving.json lies beside the graph, and whoever can change one can
 * change both. Nothing is asked of versions that the registry knows no sha256 of.
 * @throws {PlatformError} MODEL_LOAD_FAILED
 */
export const checkRegistered = (modelUri: string, facts: ServingFacts, registered: string | undefined): void => {
  if (registered === undefined || facts.onnxSha256 === registered) return;
  throw refused(modelUri, `model.onnx has sha256 ${facts.onnxSha256}, it was registered with ${registered}`);
};

/** On-demand features that this code cannot compute must not wait for the first request to say so. */
const checkFields = (modelUri: string, facts: ServingFacts): void => {
  try {
    modelFields(facts);
  } catch (error) {
    throw refused(modelUri, `its on-demand features cannot be computed (${(error as Error).message})`);
  }
};

/**
 * Reads serving.json and proves that the graph is the one it speaks of.
 * @throws {PlatformError} MODEL_LOAD_FAILED
 */
export const checkFiles = (modelUri: string, files: ModelFiles, digest: Digest): ServingFacts => {
  const facts = parseFacts(modelUri, files.facts);
  const sha256 = digest.sha256(files.graph);
  if (sha256 !== facts.onnxSha256)
    throw refused(modelUri, `model.onnx has sha256 ${sha256}, serving.json says ${facts.onnxSha256}`);
  checkFields(modelUri, facts);
  // A model that nobody can check is not put before callers.
  if (facts.goldenRows.length === 0) throw refused(modelUri, 'serving.json has no golden rows to check it with');
  return facts;
};

const goldenRow = (facts: ServingFacts, inputs: ServingFacts['goldenRows'][number]['inputs']): ModelRow =>
  facts.inputs.map(({ name, type }) => toModelValue(type, inputs[name] ?? null));

/**
 * Runs the golden rows that training left.
 * @throws {PlatformError} MODEL_LOAD_FAILED when a probability is further off than 1e-5
 */
export const checkGoldenRows = async (modelUri: string, facts: ServingFacts, model: OpenModel): Promise<void> => {
  const found = await model.probabilities(facts.goldenRows.map(({ inputs }) => goldenRow(facts, inputs)));
  for (const [index, { probability }] of facts.goldenRows.entries()) {
    const difference = Math.abs((found[index] ?? Number.NaN) - probability);
    // Written so that NaN is refused too.
    if (!(difference <= GOLDEN_TOLERANCE))
      throw refused(modelUri, `golden row ${index} gives ${found[index]}, ${probability} was expected`);
  }
};
