import { Entity, type Feature, viewEntities } from '#contracts/feature-views.ts';
import type { DefineFeatures, FeatureViewVersion } from '#contracts/features.ts';
import { featureMisfits, type ProjectStore } from '../../pipelines/index.ts';
import { PlatformError } from '../../shared/errors.ts';
import { listed } from '../nearest.ts';
import { CREATED_TIMESTAMP, EVENT_TIMESTAMP } from '../row-times.ts';
import { type CatalogDeps, contentSha256, type DefinitionDraft, saveNext } from './save-definition.ts';

export interface DefineDeps extends CatalogDeps {
  readonly projects: Pick<ProjectStore, 'latest'>;
}
export interface DefineRequest {
  readonly request: DefineFeatures;
  readonly by: string;
}

const refuse = (message: string, details: Readonly<Record<string, unknown>>): PlatformError =>
  new PlatformError('INVALID_REQUEST', message, details);
const clash = (message: string, details: Readonly<Record<string, unknown>>): PlatformError =>
  new PlatformError('DEFINITION_CONFLICT', message, details);

/** An entity as it is known, or a new one: its join key is its name with _id unless it is said. */
const entityOf = async (
  { catalog }: CatalogDeps,
  name: string,
  { project, joinKeys }: DefineFeatures,
): Promise<Entity> => {
  const known = await catalog.latest(project, 'entity', name);
  const given = joinKeys[name];
  if (known?.kind !== 'entity') return Entity.parse({ name, joinKey: given ?? `${name}_id` });
  const { joinKey } = known.entity;
  if (given === undefined || given === joinKey) return known.entity;
  const message =
    `entity "${name}" of project "${project}" has the join key "${joinKey}", not "${given}": all of its views share ` +
    'one; leave joinKeys out, or take another entity';
  throw clash(message, { entity: name, joinKey, given });
};

const checkJoinKeys = (entities: readonly Entity[], { joinKeys }: DefineFeatures): void => {
  const names = entities.map(({ name }) => name);
  const stray = Object.keys(joinKeys).find((name) => !names.includes(name));
  if (stray !== undefined)
    throw refuse(`joinKeys names "${stray}", which is no entity of the view; its entities: ${listed(names)}`, {
      entity: stray,
    });
  const keys = entities.map(({ joinKey }) => joinKey);
  const twice = keys.find((key, i) => keys.indexOf(key) < i);
  if (twice !== undefined)
    throw refuse(`two entities of the view have the join key "${twice}"; each needs its own: say them in joinKeys`, {
      joinKey: twice,
    });
};

const RESERVED: readonly string[] = [EVENT_TIMESTAMP, CREATED_TIMESTAMP];

const checkFeatures = (features: readonly Feature[], entities: readonly Entity[]): void => {
  const taken = new Map<string, string>([
    ...RESERVED.map((name) => [name, 'a column that the platform adds itself'] as const),
    ...entities.map(({ joinKey, name }) => [joinKey.toLowerCase(), `the join key of entity "${name}"`] as const),
  ]);
  for (const feature of features) {
    const lower = feature.name.toLowerCase();
    const by = taken.get(lower);
    if (by !== undefined)
      throw refuse(`feature "${feature.name}" has the name of ${by}; every feature needs a name of its own`, {
        feature: feature.name,
      });
    taken.set(lower, 'another feature of the view');
    const [misfit] = featureMisfits(feature);
    if (misfit)
      throw refuse(`feature "${feature.name}": ${misfit.path.join('.')} ${misfit.message}`, { feature: feature.name });
  }
};

const draftOf = (entities: readonly Entity[], { request, by }: DefineRequest): DefinitionDraft & { kind: 'view' } => {
  const { project, joinKeys: _, features, entity, ...rest } = request;
  return {
    kind: 'view',
    project,
    name: request.name,
    createdBy: by,
    entities: [...entities],
    view: {
      ...rest,
      entity,
      features: features.map((one) => (typeof one === 'string' ? { name: one, type: 'number' as const } : one)),
    },
  };
};

/** @throws DEFINITION_OWNED_BY_PROJECT, DEFINITION_CONFLICT */
const checkOwner = async ({ projects, catalog }: DefineDeps, { project, name }: DefineFeatures): Promise<void> => {
  const others = await Promise.all(
    (['on-demand-view', 'service'] as const).map((kind) => catalog.latest(project, kind, name)),
  );
  const other = others.find((one) => one !== undefined);
  if (other) {
    const what = other.kind === 'service' ? 'a feature service' : 'an on-demand view';
    throw clash(`"${name}" is ${what} of project "${project}"; it is asked for by that name: choose another`, { name });
  }
  const owner = await projects.latest(project);
  if (!owner?.project.featureViews.some((view) => view.name === name)) return;
  const message =
    `view "${name}" is defined by the project file of "${project}" (version ${owner.version}) with other content; change ` +
    'project.yaml and apply it, or define the view under another name or project';
  throw new PlatformError('DEFINITION_OWNED_BY_PROJECT', message, { project, name, projectVersion: owner.version });
};

/**
 * Defines a feature view, and the entities that are new, by a request instead of a project file. Other content than the
 * newest version's is the next version; the same again is the same version.
 * @throws INVALID_REQUEST, DEFINITION_CONFLICT for an entity with another join key, DEFINITION_OWNED_BY_PROJECT
 * @example (await defineFeatures(deps, { request: { name: 'usage', entity: 'user', features: ['calls'], … }, by })).version // 1
 */
export const defineFeatures = async (deps: DefineDeps, define: DefineRequest): Promise<FeatureViewVersion> => {
  const { request, by } = define;
  const { project, name } = request;
  const entities = await Promise.all(viewEntities(request).map((entity) => entityOf(deps, entity, request)));
  const draft = draftOf(entities, define);
  checkJoinKeys(entities, request);
  checkFeatures(draft.view.features, entities);
  const latest = await deps.catalog.latest(project, 'view', name);
  if (latest?.kind === 'view' && latest.contentSha256 === contentSha256(deps.digest, draft)) return latest;
  await checkOwner(deps, request);
  for (const entity of entities)
    await saveNext(deps, { kind: 'entity', project, name: entity.name, createdBy: by, entity });
  return (await saveNext(deps, draft)).definition as FeatureViewVersion;
};
