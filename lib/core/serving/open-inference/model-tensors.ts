import type { ModelInput, ServingFacts } from '#contracts/serving-facts.ts';
import { modelFields } from '../model-fields.ts';

/** What values of a column may be sent as. */
export type TensorKind = 'number' | 'text' | 'key' | 'time';

export interface TensorColumn {
  readonly name: string;
  readonly kind: TensorKind;
}

/** A tensor that a model takes: columns of a row side by side. */
export interface ModelTensor {
  readonly name: string;
  readonly columns: readonly TensorColumn[];
  /** How it is told to callers. */
  readonly datatype: string;
  /** Looked up, or nothing but a help to those who send it. */
  readonly isOptional: boolean;
}

const kindOf = ({ type, declared }: Pick<ModelInput, 'type' | 'declared'>): TensorKind => {
  // Times come as texts or as seconds, as those of every request do.
  if (declared === 'timestamp') return 'time';
  return type === 'string' ? 'text' : 'number';
};

const datatypeFor = ({ type, precision }: Pick<ModelInput, 'type' | 'precision'>): string => {
  if (type === 'string') return 'BYTES';
  return precision === 'double' ? 'FP64' : 'FP32';
};

const single = (input: Pick<ModelInput, 'name' | 'type' | 'declared' | 'precision'>): ModelTensor => ({
  name: input.name,
  columns: [{ name: input.name, kind: kindOf(input) }],
  datatype: datatypeFor(input),
  isOptional: false,
});

/** Columns that lie side by side in one tensor of the graph, as the graph has them. */
const packed = (inputs: readonly ModelInput[]): ModelTensor[] => {
  const members = Map.groupBy(
    inputs.filter(({ tensor }) => tensor !== undefined),
    ({ tensor }) => tensor ?? '',
  );
  return [...members].map(([name, columns]) => ({
    name,
    columns: columns.map((column) => ({ name: column.name, kind: kindOf(column) })),
    datatype: 'FP32',
    isOptional: false,
  }));
};

const onDemandFields = ({ onDemand }: ServingFacts): ModelTensor[] =>
  (onDemand?.requestFields ?? []).map(({ name, type }) =>
    single({ name, type: type === 'string' ? 'string' : 'number', declared: type, precision: 'double' }),
  );

/**
 * Tensors that a model takes, by name: those of its graph, without what is computed for it, with what that is computed
 * from, and the key under which features are stored. Columns of a packed tensor may come one by one, too.
 */
export const modelTensors = (facts: ServingFacts, stickyKey: string): ReadonlyMap<string, ModelTensor> => {
  const { given, requestFields } = modelFields(facts);
  const taken = new Set([...given.map(({ name }) => name), ...requestFields]);
  const inputs = facts.inputs.filter(({ name }) => taken.has(name));
  const key = { columns: [], datatype: 'BYTES', isOptional: true };
  const keys = [stickyKey, facts.entityKey].map(
    (name): ModelTensor => ({ ...key, name, columns: [{ name, kind: 'key' }] }),
  );
  // From these something is computed: a time as a float would be off by a minute.
  const stored = given.filter(({ name }) => !facts.inputs.some((input) => input.name === name));
  const all = [
    ...keys,
    ...stored.map((input) => single({ ...input, precision: 'double' })),
    ...onDemandFields(facts),
    ...inputs.map(single),
    ...packed(inputs),
  ];
  return new Map(all.map((tensor) => [tensor.name, tensor]));
};

/** As the metadata of a model tells them: each column once, in its graph's tensor. */
export const toldTensors = (facts: ServingFacts, stickyKey: string): ModelTensor[] => {
  const inPacked = new Set(facts.inputs.flatMap(({ name, tensor }) => (tensor === undefined ? [] : [name])));
  const tensors = [...modelTensors(facts, stickyKey).values()].filter(({ name }) => !inPacked.has(name));
  return tensors.toSorted((one, other) => Number(one.isOptional) - Number(other.isOptional));
};
