import { InferenceSession, type Tensor } from 'onnxruntime-node';
import type {
  EncodedRows,
  GraphAnswers,
  GraphColumn,
  ModelRows,
  ModelRuntime,
  OpenModel,
} from '#core/serving/index.ts';
import { compileFeeds, type Feeds } from './feeds.ts';

// `run` works on the thread that calls it: more threads of its own would only steal from other requests.
const OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
};

const wrongOutput = (output: string, found: Tensor | undefined, wanted: string): Error =>
  new Error(`the graph answered ${output} as ${found?.type} [${found?.dims.join(', ')}], ${wanted} is expected`);

interface Matrix {
  readonly values: Float32Array;
  readonly width: number;
}

const matrixOf = (name: string, output: Tensor | undefined, rows: number): Matrix => {
  const [length, width] = output?.dims ?? [];
  if (!(output?.data instanceof Float32Array) || length !== rows || !width || output.dims.length !== 2)
    throw wrongOutput(name, output, `float32 [${rows}, scores]`);
  return { values: output.data, width };
};

const isColumn = (data: Tensor['data'] | undefined): data is Float32Array | Float64Array | string[] =>
  Array.isArray(data) || data instanceof Float32Array || data instanceof Float64Array;

const columnOf = (name: string, output: Tensor | undefined, rows: number): GraphColumn => {
  const data = output?.data;
  if (!isColumn(data) || data.length !== rows) throw wrongOutput(name, output, `numbers or texts [${rows}, 1]`);
  return data;
};

interface Plan {
  readonly feeds: Feeds;
  readonly scores: string;
  readonly computed: readonly string[];
  readonly encoded: string | undefined;
}

type Outputs = Readonly<Record<string, Tensor>>;

const ask = async (session: InferenceSession, rows: ModelRows, [feeds, wanted]: readonly [Feeds, string[]]) => {
  const fed: Record<string, Tensor> = {};
  for (const [name, feed] of feeds) fed[name] = feed(rows);
  return (await session.run(fed, wanted)) as Outputs;
};

const openModel = (session: InferenceSession, { feeds, scores, computed, encoded }: Plan): OpenModel => {
  // Only these outputs: making the label as well costs a quarter of a small run.
  const wanted = [...new Set([scores, ...computed])];
  return {
    run: async (rows): Promise<GraphAnswers> => {
      // Some graphs refuse an empty batch.
      if (rows.count === 0) return { scores: new Float32Array(0), width: 1, computed: computed.map(() => []) };
      const found = await ask(session, rows, [feeds, wanted]);
      const { values, width } = matrixOf(scores, found[scores], rows.count);
      return { scores: values, width, computed: computed.map((name) => columnOf(name, found[name], rows.count)) };
    },
    encode: async (rows): Promise<EncodedRows> => {
      if (encoded === undefined) throw new Error('serving.json names no output with encoded rows');
      if (rows.count === 0) return { values: new Float32Array(0), width: 1 };
      const found = await ask(session, rows, [feeds, [encoded]]);
      return matrixOf(encoded, found[encoded], rows.count);
    },
    close: () => session.release(),
  };
};

/**
 * Graphs in onnxruntime. Each raw column is one [N, 1] tensor: float32, or float64 where features are computed from it,
 * with NaN as missing, or string with "" as missing; columns that name a tensor share one [N, K] of float32.
 * @example await (await onnxModelRuntime.open(bytes, facts)).run(rowsOf(facts.inputs, [[1, 'monthly']]))
 */
export const onnxModelRuntime: ModelRuntime = {
  open: async (graph, { inputs, scoresOutput, computed, explanation }) => {
    const feeds = compileFeeds(inputs);
    const session = await InferenceSession.create(graph, OPTIONS);
    return openModel(session, {
      feeds,
      scores: scoresOutput,
      computed: computed.map(({ output }) => output),
      encoded: explanation?.encodedOutput,
    });
  },
};
