import type { ModelVersion } from '#contracts/registry.ts';
import { ServingFacts } from '#contracts/training.ts';
import { PlatformError } from '#core/shared/index.ts';
import type { Documents } from '#core/training/index.ts';

const FACTS = 'serving.json';

const factsMissing = ({ name, version, source }: ModelVersion): PlatformError =>
  new PlatformError(
    'MODEL_LOAD_FAILED',
    `version ${version} of ${name} has no readable ${FACTS} at ${source}; register a version that the training pipeline made`,
    { name, version, source },
  );

/**
 * The probabilities that a version gave on its own test split: what drift of its predictions is measured against.
 * @throws MODEL_LOAD_FAILED when the file beside the model is not there or is not what it should be
 */
export const referenceProbabilities = async (artifacts: Documents, version: ModelVersion): Promise<Float64Array> => {
  const facts = ServingFacts.safeParse(await artifacts.read(`${version.source}${FACTS}`));
  if (!facts.success) throw factsMissing(version);
  return Float64Array.from(facts.data.referenceProbabilities);
};
