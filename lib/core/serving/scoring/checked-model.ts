import type { ServingFacts } from '#contracts/serving-facts.ts';
import type { Digest } from '#core/shared/index.ts';
import { checkFiles, checkRegistered } from '../check-model.ts';
import type { ModelFiles, ModelSource } from '../ports.ts';

export interface CheckedModel {
  readonly files: ModelFiles;
  readonly facts: ServingFacts;
}

/**
 * A model's files, when they are what the registry says of them.
 * @param onnxSha256 what the graph must have, undefined when nobody said
 * @throws {PlatformError} MODEL_LOAD_FAILED
 */
export const checkedModel = async (
  { source, digest }: { readonly source: ModelSource; readonly digest: Digest },
  modelUri: string,
  onnxSha256?: string,
): Promise<CheckedModel> => {
  const files = await source.fetch(modelUri);
  const facts = checkFiles(modelUri, files, digest);
  checkRegistered(modelUri, facts, onnxSha256);
  return { files, facts };
};
