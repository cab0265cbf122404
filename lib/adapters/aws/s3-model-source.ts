import { explanationFiles, ServingFacts } from '#contracts/serving-facts.ts';
import { trainingFiles } from '#contracts/training.ts';
import type { ExplanationTexts, ModelSource } from '#core/serving/index.ts';
import { type ObjectStore, PlatformError, parseS3Uri } from '#core/shared/index.ts';

const nameIn = (file: string): string => file.slice(trainingFiles.model.length);

const read = async (objects: ObjectStore, key: string): Promise<Uint8Array> => {
  const content = await objects.get(key);
  if (content) return content;
  throw new PlatformError(
    'MODEL_LOAD_FAILED',
    `s3://${objects.bucket}/${key} does not exist; register the model again`,
    {
      key,
    },
  );
};

const readText = async (objects: ObjectStore, key: string): Promise<string> =>
  Buffer.from(await read(objects, key)).toString('utf8');

/** Whether serving.json names an explanation; whether it fits is for who checks it. */
const isExplained = (facts: string): boolean => {
  try {
    return ServingFacts.pick({ explanation: true }).parse(JSON.parse(facts)).explanation !== undefined;
  } catch {
    return false;
  }
};

const readExplanation = async (objects: ObjectStore, prefix: string): Promise<ExplanationTexts> => {
  const [parts, background, golden] = await Promise.all([
    readText(objects, prefix + explanationFiles.parts),
    readText(objects, prefix + explanationFiles.background),
    readText(objects, prefix + explanationFiles.golden),
  ]);
  return { parts, background, golden };
};

/**
 * ModelSource on the artifact bucket: a modelUri is s3://bucket/…/model/ with model.onnx and serving.json below, and the
 * files of explain/ where serving.json names an explanation.
 */
export const s3ModelSource = (objects: ObjectStore): ModelSource => ({
  fetch: async (modelUri) => {
    const { bucket, key } = parseS3Uri(modelUri);
    if (bucket !== objects.bucket)
      throw new PlatformError('MODEL_LOAD_FAILED', `${modelUri} is not in ${objects.bucket}, the bucket for models`);
    const prefix = key.endsWith('/') ? key : `${key}/`;
    const [graph, facts] = await Promise.all([
      read(objects, prefix + nameIn(trainingFiles.onnx)),
      readText(objects, prefix + nameIn(trainingFiles.facts)),
    ]);
    const explanation = isExplained(facts) ? await readExplanation(objects, prefix) : undefined;
    return { graph, facts, ...(explanation && { explanation }) };
  },
  // Nothing nearer than S3 is kept here.
  forget: async () => {},
});
