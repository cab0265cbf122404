import type { FeatureDefinition } from '#contracts/features.ts';
import type { Source } from '#contracts/sources.ts';
import { everyDefinition } from '#core/features/index.ts';
import { dataset, facts, NEIGHBOURS, splitId, view } from './ids.ts';
import { type Neighbour, type NodeKind, type Some, type WalkDeps, whole } from './ports.ts';

const sourceOf = async ({ projects }: WalkDeps, project: string, name: string): Promise<Source | undefined> => {
  const sources = (await projects.latest(project))?.project.sources ?? {};
  return Object.hasOwn(sources, name) ? sources[name] : undefined;
};

/** How a view of the project file hangs on a source: by its own, or with none by the features SQL, which may read all. */
const tie = (one: FeatureDefinition, project: string, name: string): Neighbour[] => {
  if (one.kind !== 'view' || one.projectVersion === undefined) return [];
  const ref = view(project, one.name, one.version);
  if (one.view.source === undefined) return [{ ref, relation: 'feeds' }];
  return one.view.source === name ? [{ ref, relation: 'rows of' }] : [];
};

/** Views as they are now. */
const viewsOf = async (deps: WalkDeps, project: string, name: string): Promise<Neighbour[]> => {
  const found: Neighbour[] = [];
  for await (const some of everyDefinition(deps.definitions, { project, kind: 'view' }))
    found.push(...some.flatMap((one) => tie(one, project, name)));
  return found;
};

const ingestedFrom = async (deps: WalkDeps, project: string): Promise<Some<Neighbour>> => {
  const page = await deps.catalog.list(project, 'ingested', { maxResults: NEIGHBOURS });
  const found = page.items.map(({ datasetId }) => ({ ref: dataset(project, datasetId), relation: 'read into' }));
  return { found, isCut: page.nextPageToken !== undefined };
};

export const sourceNode: NodeKind = {
  find: async (deps, id) => {
    const [project, name] = splitId(id);
    const found = await sourceOf(deps, project, name);
    if (!found) return undefined;
    const { path, database, format, timestamp } = found;
    return {
      kind: 'source',
      id,
      label: `source ${name} of ${project}`,
      facts: facts({
        project,
        ...(database ? { database: database.kind, table: database.table } : { path, format }),
        timestamp,
      }),
    };
  },
  // Files come from outside.
  up: async () => whole([]),
  down: async (deps, id) => {
    const [project, name] = splitId(id);
    const [views, ingested] = [await viewsOf(deps, project, name), await ingestedFrom(deps, project)];
    return { found: [...views, ...ingested.found], isCut: ingested.isCut };
  },
};
