import type { DatasetManifest } from '#contracts/datasets.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import { isTrainedOn } from '#core/features/index.ts';
import { splitId, view } from './ids.ts';
import type { Neighbour, WalkDeps } from './ports.ts';

const PAGE = 100;

/** The version of a view that held when a version of its project file did: the last one before the next file. */
const viewAt = async (
  { definitions }: WalkDeps,
  { project, name }: { readonly project: string; readonly name: string },
  projectVersion: number,
): Promise<FeatureViewVersion | undefined> => {
  const of = { project, kind: 'view', name } as const;
  let pageToken: string | undefined;
  do {
    const page = await definitions.versions(of, { maxResults: PAGE, ...(pageToken && { pageToken }) });
    const found = page.items.find((one) => one.projectVersion !== undefined && one.projectVersion <= projectVersion);
    if (found) return found.kind === 'view' ? found : undefined;
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return undefined;
};

/** View and version, as a data set of historical features says itself. @example namedViews('usage:2,visits:1') */
const namedViews = (text: unknown): { name: string; version: number }[] =>
  typeof text !== 'string' || text === ''
    ? []
    : text.split(',').map((one) => {
        const [name, number] = splitId(one);
        return { name, version: Number(number) };
      });

/** Views that the project file of a training set trains on, in the versions that held then. */
const trainedViews = async (deps: WalkDeps, { project, projectVersion }: DatasetManifest) => {
  const file = (await deps.projects.version(project, projectVersion))?.project;
  const trained = file?.featureViews.filter((one) => isTrainedOn(file, one)) ?? [];
  const found = await Promise.all(trained.map(({ name }) => viewAt(deps, { project, name }, projectVersion)));
  return found.flatMap((one) => (one ? { name: one.name, version: one.version } : []));
};

/** The views whose features a data set holds: of the kinds training and historical. */
export const viewsIn = async (deps: WalkDeps, manifest: DatasetManifest): Promise<Neighbour[]> => {
  const { kind, project, inputs } = manifest;
  const views = kind === 'training' ? await trainedViews(deps, manifest) : namedViews(inputs.parameters.views);
  return views.map(({ name, version }) => ({ ref: view(project, name, version), relation: 'features of' }));
};
