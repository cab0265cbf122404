import { plainKey } from './quotes.ts';
import { among, refusal } from './refusal.ts';

/** What a filter or an order_by of experiments, models or versions names. */
export interface FieldName {
  readonly entity: 'attribute' | 'tag';
  readonly key: string;
}

interface Naming {
  readonly where: 'filter' | 'order_by';
  readonly attributes: readonly string[];
  /** The registry takes its attributes bare only. */
  readonly quotedAttributes: boolean;
}

const ENTITIES: ReadonlyMap<string, 'attribute' | 'tag'> = new Map([
  ['attribute', 'attribute'],
  ['tag', 'tag'],
  ['tags', 'tag'],
]);

const entityOf = (text: string, where: Naming['where']): 'attribute' | 'tag' => {
  const entity = ENTITIES.get(text);
  if (entity) return entity;
  throw refusal(where, text, `an entity is ${among(ENTITIES.keys())}`);
};

/** @example fieldName('tags.`a b`', naming) // { entity: 'tag', key: 'a b' } */
export const fieldName = (identifier: string, { where, attributes, quotedAttributes }: Naming): FieldName => {
  const dot = identifier.indexOf('.');
  const entity = dot < 0 ? 'attribute' : entityOf(identifier.slice(0, dot), where);
  const written = identifier.slice(dot + 1);
  const key = entity === 'tag' || quotedAttributes ? plainKey(written) : written;
  if (entity === 'tag' || attributes.includes(key)) return { entity, key };
  throw refusal(where, key, `an attribute is ${among(attributes)}`);
};
