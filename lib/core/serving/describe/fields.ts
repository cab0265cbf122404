import type { FeatureType } from '#contracts/feature-views.ts';
import type { ServedModelDescription } from '#contracts/serving.ts';
import type { ModelInput, ServingFacts } from '#contracts/serving-facts.ts';
import { modelFields } from '../model-fields.ts';

export type FieldDescription = ServedModelDescription['fields'][number];

type Described = Pick<ModelInput, 'name' | 'type' | 'declared' | 'minimum' | 'maximum' | 'values'>;

const described = (input: Described, isRequired: boolean): FieldDescription => ({
  name: input.name,
  type: input.type,
  ...(input.declared && { declared: input.declared }),
  required: isRequired,
  ...(input.minimum !== undefined && { minimum: input.minimum }),
  ...(input.maximum !== undefined && { maximum: input.maximum }),
  ...(input.values && { values: input.values.map(String) }),
});

const typeOf = (type: FeatureType): ModelInput['type'] => (type === 'string' ? 'string' : 'number');

const key = (name: string, isRequired: boolean): FieldDescription => ({ name, type: 'string', required: isRequired });

/**
 * Fields of a request: the join key, what must be brought because nothing is stored of it, and what may be.
 * @param allowed fields that the deployment lets requests bring
 */
export const requestFields = (
  facts: ServingFacts,
  { stickyKey, allowed }: { stickyKey: string; allowed: ReadonlySet<string> },
): FieldDescription[] => {
  const { given, requestFields: asked } = modelFields(facts);
  const inGraph = facts.inputs.filter(({ name }) => asked.includes(name));
  const known = new Set(inGraph.map(({ name }) => name));
  const outside = (facts.onDemand?.requestFields ?? [])
    .filter(({ name }) => !known.has(name))
    .map(({ type, ...field }) => ({ ...field, type: typeOf(type), declared: type }));
  const keys = [key(facts.entityKey, true), ...(stickyKey === facts.entityKey ? [] : [key(stickyKey, false)])];
  return [
    ...keys,
    ...[...inGraph, ...outside].map((field) => described(field, true)),
    ...given.filter(({ name }) => allowed.has(name)).map((field) => described(field, false)),
  ];
};
