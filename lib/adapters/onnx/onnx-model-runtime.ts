import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelInput } from '#contracts/serving-facts.ts';
import type { GraphAnswers, GraphColumn, ModelRow, ModelRuntime, OpenModel } from '#core/serving/index.ts';

// `run` works on the thread that calls it: more threads of its own would only steal from other requests.
const OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
};

type Column = (rows: readonly ModelRow[]) => Tensor;
type Values = Float32Array | Float64Array | string[];

// A loop for each type: one for all of them would be slow for each.
const columns = {
  float: (index) => (rows) => {
    const values = new Float32Array(rows.length);
    for (let row = 0; row < rows.length; row += 1) values[row] = rows[row]?.[index] as number;
    return new Tensor('float32', values, [rows.length, 1]);
  },
  double: (index) => (rows) => {
    const values = new Float64Array(rows.length);
    for (let row = 0; row < rows.length; row += 1) values[row] = rows[row]?.[index] as number;
    return new Tensor('float64', values, [rows.length, 1]);
  },
  string: (index) => (rows) => {
    const values = new Array<string>(rows.length);
    for (let row = 0; row < rows.length; row += 1) values[row] = rows[row]?.[index] as string;
    return new Tensor('string', values, [rows.length, 1]);
  },
} as const satisfies Record<string, (index: number) => Column>;

/** How rows become the graph's feeds, worked out once a model. */
const compilePlan = (inputs: readonly ModelInput[]): [string, Column][] =>
  inputs.map(({ name, type, precision = 'float' }, index) => [
    name,
    columns[type === 'string' ? type : precision](index),
  ]);

const wrongOutput = (output: string, found: Tensor | undefined, wanted: string): Error =>
  new Error(`the graph answered ${output} as ${found?.type} [${found?.dims.join(', ')}], ${wanted} is expected`);

const scoresOf = (name: string, output: Tensor | undefined, rows: number): Pick<GraphAnswers, 'scores' | 'width'> => {
  const [length, width] = output?.dims ?? [];
  if (!(output?.data instanceof Float32Array) || length !== rows || !width || output.dims.length !== 2)
    throw wrongOutput(name, output, `float32 [${rows}, scores]`);
  return { scores: output.data, width };
};

const isColumn = (data: Tensor['data'] | undefined): data is Values =>
  Array.isArray(data) || data instanceof Float32Array || data instanceof Float64Array;

const columnOf = (name: string, output: Tensor | undefined, rows: number): GraphColumn => {
  const data = output?.data;
  if (!isColumn(data) || data.length !== rows) throw wrongOutput(name, output, `numbers or texts [${rows}, 1]`);
  return data;
};

interface Plan {
  readonly feeds: readonly (readonly [string, Column])[];
  readonly scores: string;
  readonly computed: readonly string[];
}

const openModel = (session: InferenceSession, plan: Plan): OpenModel => {
  const { scores, computed } = plan;
  // Only these outputs: making the label as well costs a quarter of a small run.
  const wanted = [...new Set([scores, ...computed])];
  return {
    run: async (rows) => {
      // Some graphs refuse an empty batch.
      if (rows.length === 0) return { scores: new Float32Array(0), width: 1, computed: computed.map(() => []) };
      const feeds: Record<string, Tensor> = {};
      for (const [name, column] of plan.feeds) feeds[name] = column(rows);
      const found = (await session.run(feeds, wanted)) as Readonly<Record<string, Tensor>>;
      return {
        ...scoresOf(scores, found[scores], rows.length),
        computed: computed.map((name) => columnOf(name, found[name], rows.length)),
      };
    },
    close: () => session.release(),
  };
};

/**
 * Graphs in onnxruntime. Each raw column is one [N, 1] tensor: float32, or float64 where features are computed from it,
 * with NaN as missing, or string with "" as missing.
 * @example await (await onnxModelRuntime.open(bytes, facts)).run([[1, 'monthly']])
 */
export const onnxModelRuntime: ModelRuntime = {
  open: async (graph, { inputs, scoresOutput, computed }) => {
    const session = await InferenceSession.create(graph, OPTIONS);
    const outputs = computed.map(({ output }) => output);
    return openModel(session, { feeds: compilePlan(inputs), scores: scoresOutput, computed: outputs });
  },
};
