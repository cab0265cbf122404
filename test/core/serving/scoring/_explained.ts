import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnxModelRuntime } from '#adapters/onnx/onnx-model-runtime.ts';
import { systemDigest } from '#adapters/system/system.ts';
import { explanationFiles, ServingFacts } from '#contracts/serving-facts.ts';
import { rowsOf } from '#core/serving/rows/index.ts';

const fixtures = join(import.meta.dirname, '../../../fixtures/serving-model');
export const factsOf = (model: string) => JSON.parse(readFileSync(join(fixtures, model, 'serving.json'), 'utf8'));
export const graphOf = (model: string) => readFileSync(join(fixtures, model, 'model.onnx'));

const BACKGROUND = 16;
const contracts = ['monthly', 'yearly', 'two-yearly'];
const background = {
  tenure: Array.from({ length: BACKGROUND }, (_, i) => 4 * i),
  monthly_charges: Array.from({ length: BACKGROUND }, (_, i) => 30 + 5 * i),
  contract: Array.from({ length: BACKGROUND }, (_, i) => contracts[i % 3] as string),
};
const columns = Object.keys(background);

/** Mean of each of the model's outputs over the background: of two classes the positive alone. */
const meansOf = async (facts: ServingFacts, outputs: number): Promise<number[]> => {
  const graph = await onnxModelRuntime.open(graphOf(facts.runId), facts);
  const rows = background.tenure.map((_, i) => [
    background.tenure[i],
    background.monthly_charges[i],
    background.contract[i],
  ]);
  const { scores, width } = await graph.run(rowsOf(facts.inputs, rows as (number | string)[][]));
  await graph.close();
  const mean = (output: number): number =>
    rows.reduce((sum, _, i) => sum + (scores[i * width + output] ?? 0), 0) / BACKGROUND;
  return Array.from({ length: outputs }, (_, i) => mean(width - outputs + i));
};

/** serving.json of a fixture and the files of explanations that are sampled, as training leaves them for any graph. */
export const explainedFiles = async (model: string): Promise<Record<string, string>> => {
  const stated = ServingFacts.parse(factsOf(model));
  const outputs = stated.classes.length === 2 ? stated.classes.slice(1) : stated.classes;
  const expected = await meansOf({ ...stated, runId: model }, outputs.length);
  const about = { format: 1, of: 'probability', beforeCalibration: false, outputs, columns, expected };
  const rows = JSON.stringify({ format: 1, rows: BACKGROUND, columns: background });
  const explanation = { method: 'sampled', of: 'probability', backgroundSha256: systemDigest.sha256(rows) };
  return {
    'serving.json': JSON.stringify({ ...stated, explanation }),
    [explanationFiles.background]: rows,
    [explanationFiles.parts]: JSON.stringify({ ...about, method: 'sampled' }),
    [explanationFiles.golden]: JSON.stringify({ ...about, method: 'sampled', rows: [] }),
  };
};
