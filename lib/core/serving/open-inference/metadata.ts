import type { ServingFacts } from '#contracts/serving-facts.ts';
import { toldTensors } from './model-tensors.ts';
import { modelOutputs } from './outputs.ts';

const ANY_ROWS = -1;

/** GET /v2/models/{model}: what a model takes and answers. */
export const modelMetadata = (
  { model, stickyKey, versions }: { model: string; stickyKey: string; versions: readonly number[] },
  facts: ServingFacts,
) => ({
  name: model,
  versions: versions.map(String),
  platform: 'onnxruntime_onnx',
  inputs: toldTensors(facts, stickyKey).map(({ name, datatype, columns, isOptional }) => ({
    name,
    datatype,
    shape: [ANY_ROWS, columns.length],
    ...(isOptional && { parameters: { optional: true } }),
  })),
  outputs: [...modelOutputs(facts).values()].map(({ name, datatype, width }) => ({
    name,
    datatype,
    shape: width === undefined ? [ANY_ROWS] : [ANY_ROWS, width],
  })),
});
