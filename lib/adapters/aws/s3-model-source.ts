import { trainingFiles } from '#contracts/training.ts';
import type { ModelSource } from '#core/serving/index.ts';
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

/** ModelSource on the artifact bucket: a modelUri is s3://bucket/…/model/ with model.onnx and serving.json below. */
export const s3ModelSource = (objects: ObjectStore): ModelSource => ({
  fetch: async (modelUri) => {
    const { bucket, key } = parseS3Uri(modelUri);
    if (bucket !== objects.bucket)
      throw new PlatformError('MODEL_LOAD_FAILED', `${modelUri} is not in ${objects.bucket}, the bucket for models`);
    const prefix = key.endsWith('/') ? key : `${key}/`;
    const [graph, facts] = await Promise.all([
      read(objects, prefix + nameIn(trainingFiles.onnx)),
      read(objects, prefix + nameIn(trainingFiles.facts)),
    ]);
    return { graph, facts: Buffer.from(facts).toString('utf8') };
  },
  // Nothing nearer than S3 is kept here.
  forget: async () => {},
});
