import { PlatformError } from '../../shared/errors.ts';
import { listed } from '../nearest.ts';
import type { FeatureCatalog } from '../ports.ts';
import { readingsOf } from './feature-ref.ts';
import { serviceNotFound, viewNotFound } from './not-found.ts';

/** What a request names, without saying whose it is. */
export interface NamedFeatures {
  readonly features?: readonly string[] | undefined;
  readonly featureService?: string | undefined;
}

const refProjects = async (catalog: FeatureCatalog, ref: string): Promise<readonly string[]> => {
  for (const { name, feature } of readingsOf(ref)) {
    const kinds =
      feature === undefined ? (['view', 'on-demand-view', 'service'] as const) : (['view', 'on-demand-view'] as const);
    const found = await Promise.all(kinds.map((kind) => catalog.projectsOf(kind, name)));
    if (found.flat().length > 0) return [...new Set(found.flat())];
  }
  throw await viewNotFound(catalog, { name: readingsOf(ref).at(-1)?.name ?? ref });
};

const serviceProjects = async (catalog: FeatureCatalog, name: string): Promise<readonly string[]> => {
  const found = await catalog.projectsOf('service', name);
  if (found.length === 0) throw await serviceNotFound(catalog, { name });
  return found;
};

interface Owned {
  readonly name: string;
  readonly projects: readonly string[];
}
const owners = async (catalog: FeatureCatalog, { features = [], featureService }: NamedFeatures): Promise<Owned[]> => {
  const refs = features.map(async (name) => ({ name, projects: await refProjects(catalog, name) }));
  if (featureService === undefined) return Promise.all(refs);
  return [
    { name: featureService, projects: await serviceProjects(catalog, featureService) },
    ...(await Promise.all(refs)),
  ];
};

/**
 * The one project that defines everything that a request names.
 * @throws VIEW_NOT_FOUND, SERVICE_NOT_FOUND; VIEW_AMBIGUOUS with the projects when there is none or more than one
 */
export const onlyProject = async (catalog: FeatureCatalog, named: NamedFeatures): Promise<string> => {
  const all = await owners(catalog, named);
  const [first, ...rest] = all;
  const common = (first?.projects ?? []).filter((project) => rest.every(({ projects }) => projects.includes(project)));
  const [only] = common;
  if (only !== undefined && common.length === 1) return only;
  const told = all.map(({ name, projects }) => `"${name}" in ${listed([...projects].sort(), 10)}`);
  const why =
    common.length > 1 ? 'several projects define these features' : 'no one project defines all these features';
  throw new PlatformError('VIEW_AMBIGUOUS', `${why}: ${listed(told, 10)}; say which with project`, {
    projects: [...new Set(all.flatMap(({ projects }) => projects))].sort(),
  });
};
