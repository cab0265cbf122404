import type { Page } from '#contracts/common.ts';
import type { FeatureDefinition, FeatureViewVersion } from '#contracts/features.ts';
import { PlatformError } from '../../shared/errors.ts';
import { viewNotFound } from '../catalog/not-found.ts';
import type { FeatureCatalog } from '../ports.ts';

const PAGE = 1_000;

const allViews = async (catalog: FeatureCatalog, project: string): Promise<FeatureViewVersion[]> => {
  const views: FeatureViewVersion[] = [];
  let pageToken: string | undefined;
  do {
    const query = { maxResults: PAGE, pageToken };
    const page: Page<FeatureDefinition> = await catalog.list({ project, kind: 'view' }, query);
    views.push(...page.items.filter((one) => one.kind === 'view'));
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return views;
};

const namedView = async (catalog: FeatureCatalog, project: string, name: string): Promise<FeatureViewVersion> => {
  const found = await catalog.latest(project, 'view', name);
  if (found?.kind !== 'view') throw await viewNotFound(catalog, { project, name });
  if (found.view.online) return found;
  throw new PlatformError(
    'INVALID_REQUEST',
    `view "${name}" of project "${project}" is not online, so it has nothing to bring there; set online: true in its ` +
      'definition, or leave it out',
    { project, view: name },
  );
};

// A project that was applied has views: without any, its definitions are not here yet.
const everyOnlineView = async (catalog: FeatureCatalog, project: string): Promise<FeatureViewVersion[]> => {
  const all = await allViews(catalog, project);
  if (all.length > 0) return all.filter(({ view }) => view.online);
  throw new PlatformError(
    'VIEW_NOT_FOUND',
    `project "${project}" defines no feature view; apply it again (mlp apply), or define one`,
    { project },
  );
};

/**
 * The newest versions of the views to bring online, by name; without names every online one of the project.
 * @throws VIEW_NOT_FOUND with the nearest name, INVALID_REQUEST for a view that is not online
 */
export const onlineViews = async (
  catalog: FeatureCatalog,
  { project, featureViews }: { readonly project: string; readonly featureViews?: readonly string[] | undefined },
): Promise<FeatureViewVersion[]> => {
  const views =
    featureViews === undefined
      ? await everyOnlineView(catalog, project)
      : await Promise.all([...new Set(featureViews)].map((name) => namedView(catalog, project, name)));
  return views.sort((a, b) => (a.name < b.name ? -1 : 1));
};
