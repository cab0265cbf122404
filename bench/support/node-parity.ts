import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { ParityRows, trainingFiles } from '#contracts/training.ts';
import { rowsOf, toModelValue } from '#core/serving/index.ts';

const read = (folder: string, file: string) => readFileSync(join(folder, file));

/** Largest difference between onnxruntime-node and the original pipeline over the rows that a task left. */
export const nodeParity = async (folder: string): Promise<{ rows: number; maxAbsDiff: number }> => {
  const facts = ServingFacts.parse(JSON.parse(read(folder, trainingFiles.facts).toString()));
  const rows = ParityRows.parse(JSON.parse(gunzipSync(read(folder, trainingFiles.parityRows)).toString()));
  const model = await onnxModelRuntime.open(read(folder, trainingFiles.onnx), facts);
  const asked = rows.scores.map((_, row) =>
    facts.inputs.map(({ name, type }) => toModelValue(type, rows.inputs[name]?.[row] ?? null)),
  );
  const { scores, width } = await model.run(rowsOf(facts.inputs, asked));
  const expected = rows.scores.flat();
  const differences = expected.map((value, at) => Math.abs(value - (scores[at] ?? Number.NaN)));
  if (scores.length !== expected.length) throw new Error(`${folder}: ${width} scores a row differ from what was left`);
  return { rows: rows.scores.length, maxAbsDiff: differences.reduce((most, one) => Math.max(most, one), 0) };
};
