import { viewEntities } from '#contracts/feature-views.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import { viewsIn } from './feature-views.ts';
import { dataset, facts, NEIGHBOURS, numberedId, source, splitId } from './ids.ts';
import { type Neighbour, type NodeKind, type Some, type WalkDeps, whole } from './ports.ts';

/** `project:view:version`, or `project:view` for the newest. */
const viewOf = async (deps: WalkDeps, id: string): Promise<FeatureViewVersion | undefined> => {
  const numbered = numberedId(id);
  const [project, name] = splitId(numbered?.name ?? id);
  const of = { project, kind: 'view', name } as const;
  const found = numbered
    ? await deps.definitions.version(of, numbered.number)
    : await deps.definitions.latest(project, 'view', name);
  return found?.kind === 'view' ? found : undefined;
};

/** Sources that a view's values come from: its own, or all that the project's features SQL may have read. */
const sourcesOf = async (deps: WalkDeps, found: FeatureViewVersion): Promise<Neighbour[]> => {
  const { project, projectVersion, view } = found;
  if (view.source !== undefined) return [{ ref: source(project, view.source), relation: 'rows of' }];
  // What came by request is pushed: it comes from outside.
  const file = projectVersion === undefined ? undefined : await deps.projects.version(project, projectVersion);
  return Object.keys(file?.project.sources ?? {}).map((name) => ({ ref: source(project, name), relation: 'feeds' }));
};

const made = ['training', 'historical'] as const;

/** Data sets that hold the view's features as this version defines them, of the newest that there are. */
const dataSets = async (deps: WalkDeps, id: string, project: string): Promise<Some<Neighbour>> => {
  const pages = await Promise.all(made.map((kind) => deps.catalog.list(project, kind, { maxResults: NEIGHBOURS })));
  const found: Neighbour[] = [];
  for (const manifest of pages.flatMap(({ items }) => items))
    if ((await viewsIn(deps, manifest)).some(({ ref }) => ref.id === id))
      found.push({ ref: dataset(project, manifest.datasetId), relation: 'features of' });
  return { found, isCut: pages.some(({ nextPageToken }) => nextPageToken !== undefined) };
};

const idOf = ({ project, name, version }: FeatureViewVersion): string => `${project}:${name}:${version}`;

export const viewNode: NodeKind = {
  find: async (deps, id) => {
    const found = await viewOf(deps, id);
    if (!found) return undefined;
    const { project, name, version, view, createdAt, createdBy } = found;
    const told = {
      project,
      entity: viewEntities(view).join(' + '),
      features: view.features.map((feature) => feature.name).join(', '),
      ttlDays: view.ttlDays,
      owner: view.owner,
      createdAt,
      by: createdBy,
    };
    return {
      kind: 'view',
      id: idOf(found),
      label: `view ${name} version ${version}`,
      facts: facts(told),
    };
  },
  up: async (deps, id) => {
    const found = await viewOf(deps, id);
    return whole(found ? await sourcesOf(deps, found) : []);
  },
  down: async (deps, id) => {
    const found = await viewOf(deps, id);
    return found ? dataSets(deps, idOf(found), found.project) : whole([]);
  },
};
