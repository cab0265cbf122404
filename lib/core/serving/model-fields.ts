import { modelType } from '#contracts/feature-views.ts';
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
  /** Fields that a request must bring, since nothing is stored of them. */
  readonly requestFields: readonly string[];
  /**
   * Holds what the graph asks of a request against its contract, before anything is looked up.
   * @throws FIELD_MISSING, FIELD_TYPE_WRONG, FIELD_OUT_OF_RANGE
   */
  checkAsked(fields: Fields): void;
  /** @throws FIELD_MISSING, FIELD_TYPE_WRONG, FIELD_OUT_OF_RANGE, TYPE_MISMATCH */
  row(fields: Fields, stored: FeatureRecord): FeatureRow;
}

const nothingComputed = ({ inputs }: ServingFacts): ModelFields => {
  const asked = inputs.filter(isAsked);
  return {
    given: inputs.filter((input) => !isAsked(input)),
    requestFields: asked.map(({ name }) => name),
    checkAsked: asked.length > 0 ? (fields) => checkAsked(asked, fields) : () => {},
    row: (fields, stored) => featureRow(inputs, fields, stored),
  };
};

/** Features that are computed outside of the graph are inputs of it. */
const computing = (facts: ServingFacts, parts: NonNullable<ServingFacts['onDemand']>): ModelFields => {
  const computed = new Set(parts.features.map(({ name }) => name));
  const inputs = facts.inputs.filter(({ name }) => !computed.has(name));
  const known = new Set(inputs.map(({ name }) => name));
  const others = parts.stored.filter(({ name }) => !known.has(name));
  const before = [...inputs, ...others.map(({ name, type }) => ({ name, type: modelType(type) }))];
  const { given, requestFields, checkAsked } = nothingComputed({ ...facts, inputs: before });
  const reader: OnDemandReader = onDemandReader(parts);
  return {
    given,
    requestFields: [...new Set([...requestFields, ...parts.requestFields.map(({ name }) => name)])],
    checkAsked,
    row: (fields, stored) => {
      const { used } = featureRow(before, fields, stored);
      return featureRow(facts.inputs, used, reader(fields, used));
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
