import type { Page } from '#contracts/common.ts';
import type { Experiment } from '#contracts/tracking.ts';
import { pageCollector, parseExperimentSearch } from '../search/index.ts';
import { DEFAULT_EXPERIMENT, readDefaultExperiment } from './default-experiment.ts';
import type { Reading, Stage, TrackingDeps } from './ports.ts';

export type View = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';

/** What is asked of a search, in MLflow's words. */
export interface SearchRequest {
  readonly filter?: string | undefined;
  readonly orderBy?: readonly string[] | undefined;
  readonly maxResults: number;
  readonly pageToken?: string | undefined;
}

/** @example isSeen('ACTIVE_ONLY', 'deleted') // false */
export const isSeen = (view: View, stage: Stage): boolean =>
  view === 'ALL' || (view === 'ACTIVE_ONLY') === (stage === 'active');

/** Newest first unless ordered otherwise. @throws INVALID_REQUEST that shows the offending token */
export const searchExperiments = async (
  deps: Reading & Partial<TrackingDeps>,
  request: SearchRequest & { readonly view: View },
): Promise<Page<Experiment>> => {
  const search = parseExperimentSearch<Experiment>(request);
  const collector = pageCollector<Experiment>(search, { ...request, scope: [request.view] });
  const consider = (experiment: Experiment): void => {
    if (isSeen(request.view, experiment.lifecycleStage)) collector.add(experiment);
  };
  for await (const some of deps.tracking.scanExperiments())
    for (const experiment of some)
      if (experiment.experimentId !== DEFAULT_EXPERIMENT.experimentId) consider(experiment);
  const first = await readDefaultExperiment(deps);
  if (first) consider(first);
  return collector.page();
};
