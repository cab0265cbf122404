import type { Page } from '#contracts/common.ts';
import { viewEntities } from '#contracts/feature-views.ts';
import type { FeatureDefinition } from '#contracts/features.ts';
import type { FeatureCatalog } from '../ports.ts';

export interface DefinitionQuery {
  readonly project?: string | undefined;
  readonly kind?: FeatureDefinition['kind'] | undefined;
  /** Words, all of which must stand somewhere in the definition. */
  readonly filter?: string | undefined;
  /** A tag's key, or key=value. */
  readonly tag?: string | undefined;
  readonly owner?: string | undefined;
  readonly maxResults: number;
  readonly pageToken?: string | undefined;
}

interface About {
  readonly name: string;
  readonly description?: string | undefined;
  readonly owner?: string | undefined;
  readonly tags?: Readonly<Record<string, string>>;
}

const aboutOf = (one: FeatureDefinition): About => {
  if (one.kind === 'entity') return one.entity;
  return one.kind === 'service' ? one.service : one.view;
};

const featuresOf = (one: FeatureDefinition): string[] => {
  if (one.kind === 'entity') return [one.entity.joinKey];
  if (one.kind === 'service')
    return one.service.views.flatMap((view) => (typeof view === 'string' ? view : [view.view, ...view.features]));
  const features = one.view.features.flatMap(({ name, description = '' }) => [name, description]);
  return one.kind === 'view' ? [...features, ...viewEntities(one.view)] : features;
};

const textOf = (one: FeatureDefinition): string => {
  const { name, description = '', owner = '', tags = {} } = aboutOf(one);
  const words = [name, description, owner, ...Object.entries(tags).flat(), ...featuresOf(one)];
  return words.join('\n').toLowerCase();
};

const hasTag = (one: FeatureDefinition, tag: string): boolean => {
  const { tags = {} } = aboutOf(one);
  const at = tag.indexOf('=');
  return at < 0 ? Object.hasOwn(tags, tag) : tags[tag.slice(0, at)] === tag.slice(at + 1);
};

const matcher = ({ filter = '', tag, owner }: DefinitionQuery) => {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return (one: FeatureDefinition): boolean => {
    if (tag !== undefined && !hasTag(one, tag)) return false;
    if (owner !== undefined && aboutOf(one).owner !== owner) return false;
    const text = textOf(one);
    return words.every((word) => text.includes(word));
  };
};

/**
 * Newest versions of definitions, those that fit, in the order of project, kind and name. A word is found in names,
 * descriptions, tags, owners, features and entities.
 * @example await listDefinitions(catalog, { filter: 'billing late', kind: 'view', maxResults: 20 })
 */
export const listDefinitions = (catalog: FeatureCatalog, query: DefinitionQuery): Promise<Page<FeatureDefinition>> => {
  const { project, kind, maxResults, pageToken } = query;
  const of = { ...(project !== undefined && { project }), ...(kind !== undefined && { kind }), where: matcher(query) };
  return catalog.list(of, { maxResults, pageToken });
};
