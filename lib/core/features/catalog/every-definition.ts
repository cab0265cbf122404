import type { FeatureDefinition } from '#contracts/features.ts';
import type { DefinitionName, FeatureCatalog } from '../ports.ts';

const PAGE = 200;

/** The newest version of every definition, some at a time. */
export async function* everyDefinition(
  catalog: Pick<FeatureCatalog, 'list'>,
  of: Partial<Pick<DefinitionName, 'project' | 'kind'>>,
): AsyncGenerator<readonly FeatureDefinition[]> {
  let pageToken: string | undefined;
  do {
    const page = await catalog.list(of, { maxResults: PAGE, ...(pageToken && { pageToken }) });
    yield page.items;
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
}
