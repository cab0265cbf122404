import type { Problem } from '#contracts/problems.ts';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { type Digest, PlatformError } from '#core/shared/index.ts';
import { modelFields } from './model-fields.ts';
import type { GraphAnswers, ModelFiles, ModelRow, OpenModel } from './ports.ts';
import { rowsOf, toModelValue } from './rows/index.ts';

/** Largest difference that a golden row's probability may have; that of a number beyond 1 is relative to it. */
export const GOLDEN_TOLERANCE = 1e-5;

/** MODEL_LOAD_FAILED: what is there may not be put before callers. */
export const refused = (modelUri: string, why: string): PlatformError =>
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

const SHAPES: Readonly<Record<Problem, { readonly classes: string; fits(count: number): boolean }>> = {
  'binary-classification': { classes: 'two classes', fits: (count) => count === 2 },
  'multiclass-classification': { classes: 'several classes', fits: (count) => count > 1 },
  regression: { classes: 'no classes', fits: (count) => count === 0 },
};

const checkClasses = (modelUri: string, { problem, classes }: ServingFacts): void => {
  if (SHAPES[problem].fits(new Set(classes).size) && new Set(classes).size === classes.length) return;
  throw refused(
    modelUri,
    `${problem} has ${SHAPES[problem].classes}, serving.json names ${classes.join(', ') || 'none'}`,
  );
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
  checkClasses(modelUri, facts);
  checkFields(modelUri, facts);
  // A model that nobody can check is not put before callers.
  if (facts.goldenRows.length === 0) throw refused(modelUri, 'serving.json has no golden rows to check it with');
  return facts;
};

const goldenRow = (facts: ServingFacts, inputs: ServingFacts['goldenRows'][number]['inputs']): ModelRow =>
  facts.inputs.map(({ name, type }) => toModelValue(type, inputs[name] ?? null));

/** What is held to golden rows, and how closely. @default GOLDEN_TOLERANCE */
export type GoldenRun = Pick<OpenModel, 'run'> & { readonly tolerance?: number };

interface Found extends GraphAnswers {
  readonly within: number;
}

const checkScores = (modelUri: string, facts: ServingFacts, { scores, width, within }: Found): void => {
  const isNumber = facts.problem === 'regression';
  for (const [row, { scores: wanted }] of facts.goldenRows.entries()) {
    for (const [index, expected] of wanted.entries()) {
      const found = scores[row * width + index];
      const tolerance = within * (isNumber ? Math.max(1, Math.abs(expected)) : 1);
      // Written so that NaN is refused too.
      if (!(Math.abs((found ?? Number.NaN) - expected) <= tolerance))
        throw refused(modelUri, `golden row ${row} gives ${found}, ${expected} was expected`);
    }
  }
};

/**
 * Runs the golden rows that training left.
 * @throws {PlatformError} MODEL_LOAD_FAILED when a score is further off than 1e-5
 */
export const checkGoldenRows = async (modelUri: string, facts: ServingFacts, model: GoldenRun): Promise<void> => {
  const found = await model.run(
    rowsOf(
      facts.inputs,
      facts.goldenRows.map(({ inputs }) => goldenRow(facts, inputs)),
    ),
  );
  const width = facts.problem === 'regression' ? 1 : facts.classes.length;
  const widths = [found.width, ...facts.goldenRows.map(({ scores }) => scores.length)];
  const other = widths.find((one) => one !== width);
  if (other !== undefined) throw refused(modelUri, `a row has ${other} scores where ${width} are expected`);
  checkScores(modelUri, facts, { ...found, within: model.tolerance ?? GOLDEN_TOLERANCE });
};
