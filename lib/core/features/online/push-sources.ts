import type { FeatureViewVersion } from '#contracts/features.ts';
import { PlatformError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/ports.ts';
import { everyDefinition } from '../catalog/every-definition.ts';
import { viewNotFound } from '../catalog/not-found.ts';
import { onlyProject } from '../catalog/only-project.ts';
import { didYouMean, listed } from '../nearest.ts';
import type { FeatureCatalog } from '../ports.ts';
import { remembered } from './remembered.ts';

/** Name under which rows of a view are pushed. */
const sourceOf = ({ view }: FeatureViewVersion): string => view.pushSource ?? view.name;

const allViews = async (catalog: FeatureCatalog, project: string | undefined): Promise<FeatureViewVersion[]> => {
  const views: FeatureViewVersion[] = [];
  for await (const some of everyDefinition(catalog, { ...(project && { project }), kind: 'view' }))
    views.push(...some.filter((one) => one.kind === 'view'));
  return views;
};

interface AskedSource {
  readonly project?: string | undefined;
  readonly pushSource: string;
}

const viewsOfSource = async (
  catalog: FeatureCatalog,
  { project, pushSource }: AskedSource,
): Promise<FeatureViewVersion[]> => {
  const views = await allViews(catalog, project);
  const found = views.filter((view) => sourceOf(view) === pushSource);
  const projects = [...new Set(found.map((view) => view.project))];
  if (projects.length > 1) {
    const message = `push source "${pushSource}" is in several projects: ${listed(projects, 10)}; say which with project`;
    throw new PlatformError('VIEW_AMBIGUOUS', message, { projects });
  }
  if (found.length > 0) return found;
  const names = [...new Set(views.map(sourceOf))];
  throw new PlatformError(
    'PUSH_SOURCE_NOT_FOUND',
    `there is no push source "${pushSource}"${didYouMean(pushSource, names)}; there are: ${listed(names, 50)}`,
    { pushSource },
  );
};

/**
 * The views that take rows of a push source; `anew` looks them up also where they are known.
 * @throws PUSH_SOURCE_NOT_FOUND with the nearest name; VIEW_AMBIGUOUS when several projects have it
 */
export type PushSources = (asked: AskedSource, anew?: boolean) => Promise<readonly FeatureViewVersion[]>;

/**
 * Finds the views of push sources and remembers them for a moment: finding them reads every view that there is, which is
 * too much for each push. @default 10_000
 */
export const pushSources = (catalog: FeatureCatalog, clock: Clock, freshMs = 10_000): PushSources => {
  const known = remembered<readonly FeatureViewVersion[]>(clock, freshMs);
  return (asked, anew) =>
    known(JSON.stringify([asked.project, asked.pushSource]), () => viewsOfSource(catalog, asked), anew);
};

/** @throws VIEW_NOT_FOUND, VIEW_AMBIGUOUS */
export const viewNamed = async (
  catalog: FeatureCatalog,
  named: { readonly project?: string | undefined; readonly view: string },
): Promise<FeatureViewVersion> => {
  const project = named.project ?? (await onlyProject(catalog, { features: [named.view] }));
  const found = await catalog.latest(project, 'view', named.view);
  if (found?.kind === 'view') return found;
  throw await viewNotFound(catalog, { project, name: named.view });
};
