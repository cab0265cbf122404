import type { Page } from '#contracts/common.ts';
import type { LoggedModel } from '#contracts/tracking.ts';
import { type LoggedModelSearchText, pageCollector, parseLoggedModelSearch } from '../search/index.ts';
import type { Reading } from './ports.ts';
import { searchedExperiments } from './rules.ts';

export interface LoggedModelSearchRequest extends LoggedModelSearchText {
  readonly experimentIds: readonly string[];
  readonly maxResults: number;
  readonly pageToken?: string | undefined;
}

// More would only wait for each other, and fill the memory meanwhile.
const AT_ONCE = 8;

/** Newest first unless ordered otherwise; deleted ones never. @throws INVALID_REQUEST that shows the offending token */
export const searchLoggedModels = async (
  { tracking }: Reading,
  request: LoggedModelSearchRequest,
): Promise<Page<LoggedModel>> => {
  const search = parseLoggedModelSearch<LoggedModel>(request);
  const experimentIds = searchedExperiments(request.experimentIds);
  const collector = pageCollector<LoggedModel>(search, { ...request, scope: experimentIds });
  const scan = async (experimentId: string): Promise<void> => {
    for await (const some of tracking.scanLoggedModels(experimentId))
      for (const model of some) if (model.lifecycleStage === 'active') collector.add(model);
  };
  for (let at = 0; at < experimentIds.length; at += AT_ONCE)
    await Promise.all(experimentIds.slice(at, at + AT_ONCE).map(scan));
  return collector.page();
};
