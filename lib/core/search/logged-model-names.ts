import { plainKey } from './quotes.ts';
import { among, refusal } from './refusal.ts';
import type { SortValue } from './search.ts';
import type { LoggedModelView } from './views.ts';

const created = (model: LoggedModelView): number => model.creationTimeMs;
const updated = (model: LoggedModelView): number => model.lastUpdateTimeMs;

export const MODEL_TIMES: ReadonlyMap<string, (model: LoggedModelView) => number> = new Map([
  ['creation_time', created],
  ['creation_timestamp', created],
  ['creation_timestamp_ms', created],
  ['last_updated_timestamp', updated],
  ['last_updated_timestamp_ms', updated],
]);

export const MODEL_TEXTS: ReadonlyMap<string, (model: LoggedModelView) => string | undefined> = new Map<
  string,
  (model: LoggedModelView) => string | undefined
>([
  ['name', (model) => model.name],
  ['model_id', (model) => model.modelId],
  ['model_type', (model) => model.modelType],
  ['status', (model) => model.status],
  ['source_run_id', (model) => model.sourceRunId],
  ['experiment_id', (model) => model.experimentId],
  ['artifact_location', (model) => model.artifactUri],
  ['lifecycle_stage', (model) => model.lifecycleStage],
]);

const STATUSES = ['PENDING', 'READY', 'FAILED'];
/** Values by which attributes sort where that is not by their text. */
export const MODEL_SORT_VALUES: ReadonlyMap<string, (model: LoggedModelView) => SortValue> = new Map([
  ['status', (model: LoggedModelView): SortValue => STATUSES.indexOf(model.status)],
  ['experiment_id', (model: LoggedModelView): SortValue => wholeOrText(model.experimentId)],
]);
const wholeOrText = (text: string): SortValue => (/^\d+$/.test(text) ? BigInt(text) : text);

export type ModelEntity = 'attributes' | 'metrics' | 'params' | 'tags';
const ENTITIES: readonly string[] = ['attributes', 'metrics', 'params', 'tags'] satisfies ModelEntity[];
const isEntity = (text: string): text is ModelEntity => ENTITIES.includes(text);

/** @example loggedModelName('metrics.`a b`') // { entity: 'metrics', key: 'a b' } */
export const loggedModelName = (identifier: string): { readonly entity: ModelEntity; readonly key: string } => {
  const dot = identifier.indexOf('.');
  const entity = dot < 0 ? 'attributes' : identifier.slice(0, dot);
  if (!isEntity(entity)) throw refusal('filter', entity, `an entity of a logged model is ${among(ENTITIES)}`);
  const key = plainKey(identifier.slice(dot + 1));
  if (entity !== 'attributes' || MODEL_TIMES.has(key) || MODEL_TEXTS.has(key)) return { entity, key };
  throw refusal(
    'filter',
    key,
    `an attribute of a logged model is ${among([...MODEL_TEXTS.keys(), ...MODEL_TIMES.keys()])}`,
  );
};
