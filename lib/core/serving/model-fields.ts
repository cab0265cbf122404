import { modelType } from '#contracts/feature-views.ts';
import type { FeatureValue, OnDemandParts } from '#contracts/online.ts';
import type { ModelInput, ServingFacts } from '#contracts/serving-facts.ts';
import { type OnDemandReader, onDemandReader } from '#core/features/index.ts';
import { checkAsked, isAsked } from './asked-fields.ts';
import { type FeatureRow, featureRow } from './feature-row.ts';
import type { FeatureRecord } from './ports.ts';
import type { Fields } from './read-request.ts';

/** What a model's row is made of: features that are stored or brought, fields that are asked for, and what is computed. */
export interface ModelFields {
  /** Features to bring or to look up. */
  readonly given: readonly ModelInput[];
  /** Fields that a request must bring, since nothing is stored of them: those of the graph before those of `onDemand`. */
  readonly asked: readonly ModelInput[];
  /** Their names. */
  readonly requestFields: readonly string[];
  /**
   * Holds what is asked of a request against its contract, before anything is looked up.
   * @throws FIELD_MISSING, FIELD_TYPE_WRONG, FIELD_OUT_OF_RANGE
   */
  checkAsked(fields: Fields): void;
  /** @throws FIELD_MISSING, FIELD_TYPE_WRONG, FIELD_OUT_OF_RANGE, TYPE_MISMATCH */
  row(fields: Fields, stored: FeatureRecord): FeatureRow;
}

const partsOf = (inputs: readonly ModelInput[], beside: readonly ModelInput[] = []): Omit<ModelFields, 'row'> => {
  const asked = [...inputs.filter(isAsked), ...beside];
  return {
    given: inputs.filter((input) => !isAsked(input)),
    asked,
    requestFields: asked.map(({ name }) => name),
    checkAsked: asked.length > 0 ? (fields) => checkAsked(asked, fields) : () => {},
  };
};

const nothingComputed = ({ inputs }: ServingFacts): ModelFields => ({
  ...partsOf(inputs),
  row: (fields, stored) => featureRow(inputs, fields, stored),
});

const askedInput = ({ type, description: _, ...contract }: OnDemandParts['requestFields'][number]): ModelInput => ({
  ...contract,
  ...{ type: modelType(type), declared: type, source: 'request', precision: 'double' },
});

type Computed = ReturnType<OnDemandReader>;

const isTooLarge = (value: FeatureValue): boolean => typeof value === 'number' && !Number.isFinite(Math.fround(value));

/** What is too large for the model counts as missing, as it does in training and inside a graph. */
const held = (computed: Computed): Computed =>
  Object.values(computed).some(isTooLarge)
    ? Object.fromEntries(Object.entries(computed).map(([name, value]) => [name, isTooLarge(value) ? null : value]))
    : computed;

/** Features that are computed outside of the graph are inputs of it. */
const computing = (facts: ServingFacts, parts: NonNullable<ServingFacts['onDemand']>): ModelFields => {
  const computed = new Set(parts.features.map(({ name }) => name));
  const inputs = facts.inputs.filter(({ name }) => !computed.has(name));
  const known = new Set(inputs.map(({ name }) => name));
  const others = parts.stored.filter(({ name }) => !known.has(name));
  const before = [...inputs, ...others.map(({ name, type }) => ({ name, type: modelType(type) }))];
  const inGraph = new Set(before.filter(isAsked).map(({ name }) => name));
  const beside = parts.requestFields.filter(({ name }) => !inGraph.has(name)).map(askedInput);
  const reader: OnDemandReader = onDemandReader(parts);
  return {
    ...partsOf(before, beside),
    row: (fields, stored) => {
      const { used } = featureRow(before, fields, stored);
      return featureRow(facts.inputs, used, held(reader(fields, used)));
    },
  };
};

const known = new WeakMap<ServingFacts, ModelFields>();

/** Compiled once for a model, however many requests it answers. */
export const modelFields = (facts: ServingFacts): ModelFields => {
  const found = known.get(facts);
  if (found) return found;
  const made = facts.onDemand ? computing(facts, facts.onDemand) : nothingComputed(facts);
  known.set(facts, made);
  return made;
};
