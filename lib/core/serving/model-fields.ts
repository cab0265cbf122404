import { modelType } from '#contracts/feature-views.ts';
import type { ModelInput, ServingFacts } from '#contracts/training.ts';
import { type OnDemandReader, onDemandReader } from '#core/features/index.ts';
import { type FeatureRow, featureRow } from './feature-row.ts';
import type { FeatureRecord } from './ports.ts';
import type { Fields } from './read-request.ts';

/** What a model's row is made of: features that are stored or brought, and those that are computed from them. */
export interface ModelFields {
  /** Features to bring or to look up; for a model without on-demand features they are its inputs. */
  readonly given: readonly ModelInput[];
  /** Fields that a request must bring, from which on-demand features are computed. */
  readonly requestFields: readonly string[];
  /** @throws FIELD_MISSING, FIELD_TYPE_WRONG, FIELD_OUT_OF_RANGE, TYPE_MISMATCH */
  row(fields: Fields, stored: FeatureRecord): FeatureRow;
}

const withoutOnDemand = ({ inputs }: ServingFacts): ModelFields => ({
  given: inputs,
  requestFields: [],
  row: (fields, stored) => featureRow(inputs, fields, stored),
});

const computing = (facts: ServingFacts, parts: NonNullable<ServingFacts['onDemand']>): ModelFields => {
  const computed = new Set(parts.features.map(({ name }) => name));
  const inputs = facts.inputs.filter(({ name }) => !computed.has(name));
  const known = new Set(inputs.map(({ name }) => name));
  const others = parts.stored.filter(({ name }) => !known.has(name));
  const given = [...inputs, ...others.map(({ name, type }) => ({ name, type: modelType(type) }))];
  const reader: OnDemandReader = onDemandReader(parts);
  return {
    given,
    requestFields: parts.requestFields.map(({ name }) => name),
    row: (fields, stored) => {
      const { used } = featureRow(given, fields, stored);
      return featureRow(facts.inputs, {}, { ...used, ...reader(fields, used) });
    },
  };
};

const known = new WeakMap<ServingFacts, ModelFields>();

/** Compiled once for a model, however many requests it answers. */
export const modelFields = (facts: ServingFacts): ModelFields => {
  const found = known.get(facts);
  if (found) return found;
  const made = facts.onDemand ? computing(facts, facts.onDemand) : withoutOnDemand(facts);
  known.set(facts, made);
  return made;
};
