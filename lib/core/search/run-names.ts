import { plainKey, withoutBackticks } from './quotes.ts';
import { among, refusal } from './refusal.ts';

export type RunEntity = 'metric' | 'parameter' | 'tag' | 'attribute' | 'dataset';
export interface RunName {
  readonly entity: RunEntity;
  readonly key: string;
}

const ENTITIES: ReadonlyMap<string, RunEntity> = new Map([
  ['metric', 'metric'],
  ['metrics', 'metric'],
  ['parameter', 'parameter'],
  ['parameters', 'parameter'],
  ['param', 'parameter'],
  ['params', 'parameter'],
  ['tag', 'tag'],
  ['tags', 'tag'],
  ['attribute', 'attribute'],
  ['attributes', 'attribute'],
  ['attr', 'attribute'],
  ['run', 'attribute'],
  ['dataset', 'dataset'],
  ['datasets', 'dataset'],
]);

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['created', 'start_time'],
  ['Created', 'start_time'],
  ['run name', 'run_name'],
  ['Run name', 'run_name'],
  ['Run Name', 'run_name'],
]);

const RUN_ATTRIBUTES = ['run_id', 'run_name', 'user_id', 'status', 'artifact_uri', 'start_time', 'end_time'];
const DATASET_ATTRIBUTES = ['name', 'digest', 'context'];

const entityOf = (text: string, where: 'filter' | 'order_by'): RunEntity => {
  const entity = ENTITIES.get(withoutBackticks(text));
  if (entity) return entity;
  throw refusal(where, text, `an entity is ${among(ENTITIES.keys())}`);
};

/**
 * What an identifier names; attributes by their main name.
 * @example runName('attr.`Run name`', 'filter') // { entity: 'attribute', key: 'run_name' }
 */
export const runName = (identifier: string, where: 'filter' | 'order_by'): RunName => {
  const dot = identifier.indexOf('.');
  const entity = dot < 0 ? 'attribute' : entityOf(identifier.slice(0, dot), where);
  const key = plainKey(identifier.slice(dot + 1));
  if (entity === 'attribute') return { entity, key: attributeOf(key, where) };
  if (entity === 'dataset' && !DATASET_ATTRIBUTES.includes(key))
    throw refusal(where, key, `an attribute of a dataset is ${among(DATASET_ATTRIBUTES)}`);
  return { entity, key };
};

const attributeOf = (key: string, where: 'filter' | 'order_by'): string => {
  const attribute = ALIASES.get(key) ?? key;
  if (RUN_ATTRIBUTES.includes(attribute)) return attribute;
  throw refusal(where, key, `an attribute of a run is ${among([...RUN_ATTRIBUTES, ...ALIASES.keys()])}`);
};
