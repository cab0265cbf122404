import type { ServedModelDescription } from '#contracts/serving.ts';
import type { ModelInput, ServingFacts } from '#contracts/serving-facts.ts';
import { isAsked } from '../asked-fields.ts';
import { modelFields } from '../model-fields.ts';

export type FieldDescription = ServedModelDescription['fields'][number];

/** A stored feature is held to its contract where that travels with it; what is asked for always is. */
const isNullable = (input: ModelInput): boolean =>
  !(input.required && (isAsked(input) || input.declared !== undefined));

const described = (input: ModelInput): FieldDescription => ({
  name: input.name,
  type: input.type,
  ...(input.declared && { declared: input.declared }),
  required: isAsked(input),
  nullable: isNullable(input),
  ...(input.precision === 'double' && { precision: 'double' }),
  ...(input.minimum !== undefined && { minimum: input.minimum }),
  ...(input.maximum !== undefined && { maximum: input.maximum }),
  ...(input.values && { values: input.values.map(String) }),
});

interface RequestKeys {
  readonly stickyKey: string;
  /** Fields that the deployment lets requests bring. */
  readonly allowed: ReadonlySet<string>;
  /** Whether anything is stored that the join key names. */
  readonly isStored: boolean;
}

const keysOf = ({ entityKey }: ServingFacts, { stickyKey, isStored }: RequestKeys): FieldDescription[] => {
  const key = { name: entityKey, type: 'string', required: isStored, nullable: !isStored } as const;
  return stickyKey === entityKey ? [key] : [key, { ...key, name: stickyKey, required: false, nullable: true }];
};

/** Fields of a request: the join key, what must be brought because nothing is stored of it, and what may be. */
export const requestFields = (facts: ServingFacts, keys: RequestKeys): FieldDescription[] => {
  const { given, asked } = modelFields(facts);
  return [
    ...keysOf(facts, keys),
    ...asked.map(described),
    ...given.filter(({ name }) => keys.allowed.has(name)).map(described),
  ];
};
