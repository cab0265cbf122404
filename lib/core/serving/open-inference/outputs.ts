import type { Prediction } from '#contracts/serving.ts';
import type { ServingFacts } from '#contracts/serving-facts.ts';
import { shown } from '../read-request.ts';
import type { AskedOutput } from './read-infer.ts';
import { tensorInvalid } from './tensor.ts';

/** What an output tells of one prediction. */
export type PredictedRow = Pick<
  Prediction,
  'prediction_id' | 'prediction' | 'probability' | 'probabilities' | 'features_used'
>;

export interface ModelOutput {
  readonly name: string;
  readonly datatype: 'FP32' | 'FP64' | 'BYTES';
  /** Undefined for [rows], else [rows, width]. */
  readonly width?: number;
  /** The values of one row; null is missing. */
  read(row: PredictedRow): readonly (number | string | null)[];
}

const scores = ({ problem, classes, scoresOutput }: ServingFacts): ModelOutput => {
  const output = { name: scoresOutput, datatype: 'FP32', width: Math.max(1, classes.length) } as const;
  if (problem === 'regression') return { ...output, read: ({ prediction }) => [Number(prediction)] };
  if (problem === 'multiclass-classification')
    return { ...output, read: ({ probabilities = {} }) => classes.map((name) => probabilities[name] ?? 0) };
  return { ...output, read: ({ probability = 0 }) => [Math.fround(1 - probability), probability] };
};

const computed = ({ name, type, output }: ServingFacts['computed'][number]): ModelOutput => ({
  name: output,
  datatype: type === 'string' ? 'BYTES' : 'FP64',
  width: 1,
  read: ({ features_used: { [name]: value = null } }) => {
    if (value === null) return [type === 'string' ? '' : null];
    return [type === 'string' ? String(value) : Number(value)];
  },
});

/** Beside what the graph answers: the answer as the platform tells it, and the id that labels are posted with. */
const told = ({ problem }: ServingFacts): ModelOutput[] => [
  problem === 'regression'
    ? { name: 'prediction', datatype: 'FP32', read: ({ prediction }) => [Number(prediction)] }
    : { name: 'label', datatype: 'BYTES', read: ({ prediction }) => [String(prediction)] },
  { name: 'prediction_id', datatype: 'BYTES', read: ({ prediction_id }) => [prediction_id] },
];

/** Outputs of a model by name, the graph's first. */
export const modelOutputs = (facts: ServingFacts): ReadonlyMap<string, ModelOutput> => {
  const outputs = new Map([scores(facts), ...facts.computed.map(computed)].map((output) => [output.name, output]));
  for (const output of told(facts)) if (!outputs.has(output.name)) outputs.set(output.name, output);
  return outputs;
};

export interface ChosenOutput {
  readonly output: ModelOutput;
  readonly isBinary: boolean;
}

/** @throws {PlatformError} TENSOR_INVALID for an output that the model has not, and for one that is asked for twice */
export const chooseOutputs = (
  outputs: ReadonlyMap<string, ModelOutput>,
  { outputs: asked, isBinary }: { outputs: readonly AskedOutput[] | undefined; isBinary: boolean },
): ChosenOutput[] => {
  if (!asked) return [...outputs.values()].map((output) => ({ output, isBinary }));
  const chosen = new Set<string>();
  return asked.map(({ name, isBinary: binary }) => {
    const output = outputs.get(name);
    // A small request must not ask for thousands of times its answer.
    if (chosen.has(name)) throw tensorInvalid(name, 'is asked for twice; ask for it once');
    chosen.add(name);
    if (output) return { output, isBinary: binary };
    throw tensorInvalid(name, `is no output; ask for ${[...outputs.keys()].map(shown).join(', ')}`);
  });
};
