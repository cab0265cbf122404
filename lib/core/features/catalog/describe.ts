import type { Page, PageQuery } from '#contracts/common.ts';
import type { DefinitionKind, FeatureDefinition, FeatureDescription } from '#contracts/features.ts';
import { PlatformError } from '../../shared/errors.ts';
import { listed } from '../nearest.ts';
import type { DefinitionName, FeatureCatalog, ViewHealthStore } from '../ports.ts';
import { definitionNotFound } from './not-found.ts';
import { type UsageDeps, usageOf } from './usage.ts';

export interface NamedDefinition {
  /** @default the one project that defines it */
  readonly project?: string | undefined;
  readonly kind: DefinitionKind;
  readonly name: string;
}
export type DescribeDeps = UsageDeps & { readonly health: Pick<ViewHealthStore, 'find'> };

/** @throws VIEW_NOT_FOUND, SERVICE_NOT_FOUND, DEFINITION_NOT_FOUND, VIEW_AMBIGUOUS */
const whole = async (catalog: FeatureCatalog, { project, kind, name }: NamedDefinition): Promise<DefinitionName> => {
  if (project !== undefined) return { project, kind, name };
  const projects = await catalog.projectsOf(kind, name);
  const [only] = projects;
  if (only !== undefined && projects.length === 1) return { project: only, kind, name };
  if (only === undefined) throw await definitionNotFound(catalog, { kind, name });
  const message = `several projects define ${kind} "${name}": ${listed(projects, 10)}; say which with project`;
  throw new PlatformError('VIEW_AMBIGUOUS', message, { projects });
};

/** The newest version; where nobody defines it any more, the last one. */
const newest = async (catalog: FeatureCatalog, of: DefinitionName): Promise<FeatureDefinition> => {
  const { project, kind, name } = of;
  const found = (await catalog.latest(project, kind, name)) ?? (await catalog.versions(of, { maxResults: 1 })).items[0];
  if (!found) throw await definitionNotFound(catalog, of);
  return found;
};

const versionOf = async (
  catalog: FeatureCatalog,
  last: FeatureDefinition,
  version: number,
): Promise<FeatureDefinition> => {
  const found = version === last.version ? last : await catalog.version(last, version);
  if (found) return found;
  const { kind, name, project } = last;
  const message = `${kind} "${name}" of project "${project}" has no version ${version}; its newest is ${last.version}`;
  throw new PlatformError('DEFINITION_NOT_FOUND', message, { project, kind, name, version });
};

/**
 * A definition, the newest version unless one is named: how many versions there are, who uses it, how well it is.
 * @throws VIEW_NOT_FOUND, SERVICE_NOT_FOUND, DEFINITION_NOT_FOUND, VIEW_AMBIGUOUS
 * @example (await describeDefinition(deps, { kind: 'view', name: 'usage' })).usage.services
 */
export const describeDefinition = async (
  deps: DescribeDeps,
  asked: NamedDefinition & { readonly version?: number | undefined },
): Promise<FeatureDescription> => {
  const of = await whole(deps.catalog, asked);
  const last = await newest(deps.catalog, of);
  const definition = asked.version === undefined ? last : await versionOf(deps.catalog, last, asked.version);
  const [usage, health] = await Promise.all([
    usageOf(deps, definition),
    of.kind === 'view' ? deps.health.find(of.project, of.name) : undefined,
  ]);
  return { definition, versions: last.version, usage, ...(health && { health }) };
};

/**
 * Every version of a definition, newest first; also of one that nobody defines any more.
 * @throws VIEW_NOT_FOUND, SERVICE_NOT_FOUND, DEFINITION_NOT_FOUND, VIEW_AMBIGUOUS
 */
export const listVersions = async (
  { catalog }: { readonly catalog: FeatureCatalog },
  asked: NamedDefinition,
  page: PageQuery,
): Promise<Page<FeatureDefinition>> => {
  const of = await whole(catalog, asked);
  await newest(catalog, of);
  return catalog.versions(of, page);
};
