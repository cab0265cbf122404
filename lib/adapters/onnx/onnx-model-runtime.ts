import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelInput } from '#contracts/training.ts';
import type { ModelRow, ModelRuntime, OpenModel } from '#core/serving/index.ts';

// `run` works on the thread that calls it: more threads of its own would only steal from other requests.
const OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
};

type Column = (rows: readonly ModelRow[]) => Tensor;

const numberColumn =
  (index: number): Column =>
  (rows) => {
    const values = new Float32Array(rows.length);
    for (let row = 0; row < rows.length; row += 1) values[row] = rows[row]?.[index] as number;
    return new Tensor('float32', values, [rows.length, 1]);
  };

const stringColumn =
  (index: number): Column =>
  (rows) => {
    const values = new Array<string>(rows.length);
    for (let row = 0; row < rows.length; row += 1) values[row] = rows[row]?.[index] as string;
    return new Tensor('string', values, [rows.length, 1]);
  };

/** How rows become the graph's feeds, worked out once a model. */
const compilePlan = (inputs: readonly ModelInput[]): [string, Column][] =>
  inputs.map(({ name, type }, index) => [name, type === 'number' ? numberColumn(index) : stringColumn(index)]);

const positiveClass = (output: Tensor | undefined, rows: number): Float32Array => {
  const { data, dims } = output ?? { data: undefined, dims: [] };
  if (!(data instanceof Float32Array) || dims[0] !== rows || dims[1] !== 2)
    throw new Error(`the graph answered probabilities of shape [${dims.join(', ')}], [${rows}, 2] float32 is expected`);
  const probabilities = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) probabilities[row] = data[2 * row + 1] ?? Number.NaN;
  return probabilities;
};

const openModel = (session: InferenceSession, plan: readonly [string, Column][], output: string): OpenModel => ({
  probabilities: async (rows) => {
    // Some graphs refuse an empty batch.
    if (rows.length === 0) return new Float32Array(0);
    const feeds: Record<string, Tensor> = {};
    for (const [name, column] of plan) feeds[name] = column(rows);
    // Only this output: making the label as well costs a quarter of a small run.
    const found = await session.run(feeds, [output]);
    return positiveClass(found[output] as Tensor | undefined, rows.length);
  },
  close: () => session.release(),
});

/**
 * Graphs in onnxruntime. Each raw column is one [N, 1] tensor: float32 with NaN as missing, or string with "" as missing.
 * @example await (await onnxModelRuntime.open(bytes, facts.inputs, 'probabilities')).probabilities([[1, 'monthly']])
 */
export const onnxModelRuntime: ModelRuntime = {
  open: async (graph, inputs, probabilitiesOutput) => {
    const session = await InferenceSession.create(graph, OPTIONS);
    return openModel(session, compilePlan(inputs), probabilitiesOutput);
  },
};
