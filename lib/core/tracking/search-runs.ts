import type { Page, PageQuery } from '#contracts/common.ts';
import type { Run } from '#contracts/tracking.ts';
import {
  type PageCollector,
  pageCollector,
  parseRunSearch,
  positionOfToken,
  type RunSearch,
  searchPage,
  type TimeBounds,
} from '../search/index.ts';
import { getExperiment } from './experiments.ts';
import type { Reading, RunScan } from './ports.ts';
import { searchedExperiments } from './rules.ts';
import { isSeen, type SearchRequest, type View } from './search-experiments.ts';

export interface RunSearchRequest extends SearchRequest {
  readonly experimentIds: readonly string[];
  readonly view: View;
}

const scopeOf = ({ view, experimentIds }: RunSearchRequest): string[] => [view, ...experimentIds];

interface Hunt {
  readonly request: RunSearchRequest;
  readonly search: RunSearch<Run>;
  readonly collector: PageCollector<Run>;
}

// Of runs that are filtered one looks at more than the page holds.
const LOOKED_AT = 10;

const scanOf = ({ request, search }: Hunt): RunScan => {
  const scan = { experimentIds: searchedExperiments(request.experimentIds), needs: search.needs() };
  const order = search.walk();
  if (!order) return { ...scan, started: search.startTime() };
  const hoped = (request.maxResults + 1) * (request.filter ? LOOKED_AT : 1);
  return { ...scan, order, hoped, started: startedBehind(search, request) };
};

/** A walk along start times begins where the page before ended. */
const startedBehind = (search: RunSearch<Run>, request: RunSearchRequest): TimeBounds => {
  const bounds = search.startTime();
  const [time] = request.pageToken ? positionOfToken(search, scopeOf(request), request.pageToken) : [];
  // Another one is forged.
  if (typeof time !== 'number' || !Number.isSafeInteger(time)) return bounds;
  return search.walk() === 'oldest-first' ? { ...bounds, fromMs: time } : { ...bounds, untilMs: time };
};

/** Runs come by start time, so a full page is the page once the start times have passed its last run. */
const isDone = ({ search, collector }: Hunt, newest: Run | undefined): boolean => {
  if (!search.walk() || !newest) return false;
  const { items, nextPageToken } = collector.page();
  return nextPageToken !== undefined && items.at(-1)?.info.startTimeMs !== newest.info.startTimeMs;
};

const collect = async (deps: Reading, hunt: Hunt): Promise<void> => {
  for await (const some of deps.tracking.scanRuns(scanOf(hunt))) {
    for (const run of some) if (isSeen(hunt.request.view, run.info.lifecycleStage)) hunt.collector.add(run);
    if (isDone(hunt, some.at(-1))) return;
  }
};

/** A filter that names its runs needs no look at the others. */
const collectNamed = async ({ tracking }: Reading, hunt: Hunt, runIds: readonly string[]): Promise<void> => {
  const { experimentIds, view } = hunt.request;
  const found = await Promise.all([...new Set(runIds)].map((runId) => tracking.findRun(runId)));
  for (const run of found)
    if (run && experimentIds.includes(run.info.experimentId) && isSeen(view, run.info.lifecycleStage))
      hunt.collector.add(run);
};

const NAMED = 200;
// A Lambda function answers at most 6 MB, and a run is larger as the wire writes it.
const PAGE_CHARACTERS = 3_500_000;
const AT_ONCE = 200;

// Dozens of the runs at once stay far below it, so sizes are summed before they are too large.
const sizeOf = (run: Run): number =>
  JSON.stringify([run.info, run.params, run.tags, run.inputs, run.modelInputs]).length +
  run.metrics.reduce((sum, { key }) => sum + key.length + 110, 0) +
  run.modelOutputs.length * 100;

interface Whole {
  readonly items: Run[];
  /** Of the runs found, how many these are and those that are there no more. */
  readonly taken: number;
}

/** The runs whole: as many as one answer holds, at least one. */
const wholeOf = async ({ tracking }: Reading, found: readonly Run[]): Promise<Whole> => {
  const items: Run[] = [];
  let size = 0;
  for (let at = 0; at < found.length; at += AT_ONCE)
    for (const run of await tracking.wholeRuns(found.slice(at, at + AT_ONCE).map(({ info }) => info))) {
      size += sizeOf(run);
      if (size > PAGE_CHARACTERS && items.length > 0)
        return { items, taken: found.findIndex(({ info }) => info.runId === run.info.runId) };
      items.push(run);
    }
  return { items, taken: found.length };
};

/**
 * One page of the runs that match; newest start first unless ordered otherwise. A page of large runs may hold fewer than
 * maxResults; its token goes on behind the last one. An unknown experiment has no runs.
 * @throws INVALID_REQUEST that shows the offending token
 * @example await searchRuns(deps, { experimentIds, view: 'ACTIVE_ONLY', filter: 'metrics.auc > 0.9', maxResults: 100 })
 */
export const searchRuns = async (deps: Reading, request: RunSearchRequest): Promise<Page<Run>> => {
  const search = parseRunSearch<Run>(request);
  const scope = scopeOf(request);
  const { maxResults, pageToken } = request;
  const hunt = { request, search, collector: pageCollector<Run>(search, { maxResults, pageToken, scope }) };
  const named = search.pinned('run_id');
  await (named && named.length <= NAMED ? collectNamed(deps, hunt, named) : collect(deps, hunt));
  const page = hunt.collector.page();
  const { items, taken } = await wholeOf(deps, page.items);
  if (taken === page.items.length) return { ...page, items };
  const cut = searchPage<Run>(search, page.items, { maxResults: taken, pageToken, scope });
  return { ...cut, items };
};

export interface RunListQuery extends PageQuery {
  readonly filter?: string | undefined;
  readonly orderBy?: readonly string[] | undefined;
}

/** The active runs of one experiment. @throws EXPERIMENT_NOT_FOUND, INVALID_REQUEST */
export const listRuns = async (deps: Reading, experimentId: string, query: RunListQuery): Promise<Page<Run>> => {
  await getExperiment(deps, experimentId);
  return searchRuns(deps, { ...query, experimentIds: [experimentId], view: 'ACTIVE_ONLY' });
};
