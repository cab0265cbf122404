import type { ModelVersion } from '#contracts/registry.ts';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { Documents } from '#core/training/index.ts';

const FACTS = 'serving.json';

const factsMissing = ({ name, version, source }: ModelVersion): PlatformError =>
  new PlatformError(
    'MODEL_LOAD_FAILED',
    `version ${version} of ${name} has no readable ${FACTS} at ${source}; register a version that the training pipeline made`,
    { name, version, source },
  );

/** Predictions that later ones are held against, and the field of the ledger that tells those. */
export interface ReferencePredictions {
  readonly field: 'probability' | 'prediction';
  readonly values: ServingFacts['referencePredictions'];
}

/**
 * What a version predicted on its own test split: probabilities of the positive of two classes, names of the answered of
 * several, or numbers.
 * @throws MODEL_LOAD_FAILED when the file beside the model is not there or is not what it should be
 */
export const referencePredictions = async (
  artifacts: Documents,
  version: ModelVersion,
): Promise<ReferencePredictions> => {
  const facts = ServingFacts.safeParse(await artifacts.read(`${version.source}${FACTS}`));
  if (!facts.success) throw factsMissing(version);
  const { problem, referencePredictions: values } = facts.data;
  return { field: problem === 'binary-classification' ? 'probability' : 'prediction', values };
};
