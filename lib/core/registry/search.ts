import type { Page } from '#contracts/common.ts';
import type { ModelVersion, RegisteredModel } from '#contracts/registry.ts';
import { pageCollector, parseModelSearch, parseVersionSearch } from '../search/index.ts';
import { followBearer } from './bearers.ts';
import { latestOfMany } from './latest-versions.ts';
import type { ModelRecord, ReadingDeps } from './ports.ts';
import { shownVersion } from './versions.ts';

export interface RegistrySearch {
  /** MLflow's filter text. */
  readonly filter?: string | undefined;
  readonly orderBy?: readonly string[] | undefined;
  readonly maxResults: number;
  readonly pageToken?: string | undefined;
}
export type FoundModel = RegisteredModel & { readonly latestVersions: readonly ModelVersion[] };

const PAGE = 1_000;
/** Models whose versions are read at once. */
const AT_ONCE = 16;

interface Paged<T> {
  readonly items: readonly T[];
  readonly nextPageToken?: string | undefined;
}

/** Everything of a list, a page at a time. */
async function* every<T>(read: (page: { maxResults: number; pageToken?: string }) => Promise<Paged<T>>) {
  let pageToken: string | undefined;
  do {
    const page = await read({ maxResults: PAGE, ...(pageToken !== undefined && { pageToken }) });
    yield page.items;
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
}

/** Models that a filter is confined to, else all. */
const candidates = async function* (deps: ReadingDeps, names: readonly string[] | undefined) {
  if (names === undefined) return yield* every((page) => deps.registry.listModels(page));
  const found = await Promise.all([...new Set(names)].map((name) => deps.registry.findName(name)));
  yield found.flatMap((name) => name?.live ?? []);
};

/**
 * Models that match, a page of them, with the newest version of each stage. Reads every model unless the filter names them.
 * @throws INVALID_REQUEST with the token of the filter or order that is wrong
 */
export const searchModels = async (deps: ReadingDeps, wanted: RegistrySearch): Promise<Page<FoundModel>> => {
  const search = parseModelSearch(wanted);
  const collector = pageCollector<RegisteredModel>(search, wanted);
  const records = new Map<string, ModelRecord>();
  for await (const page of candidates(deps, search.pinned('name')))
    for (const record of page) {
      collector.add(record.model);
      records.set(record.model.name, record);
    }
  const { items, ...rest } = collector.page();
  const found = items.flatMap((model) => records.get(model.name) ?? []);
  const latest = await latestOfMany(deps, found);
  const withLatest = found.map(({ modelKey, model }) => ({ ...model, latestVersions: latest.get(modelKey) ?? [] }));
  return { ...rest, items: withLatest };
};

const versionsOf = async (deps: ReadingDeps, record: ModelRecord, take: (version: ModelVersion) => void) => {
  for await (const page of every((wanted) => deps.registry.listVersions(record.modelKey, wanted)))
    for (const version of page) take(shownVersion(version, record));
};

/** Versions that were made of a run and are still there, whatever their models are called now. */
export const versionsOfRun = async (deps: ReadingDeps, runId: string): Promise<ModelVersion[]> => {
  const noted = await deps.registry.versionsOfRun(runId);
  const found = await Promise.all(
    noted.map(async ({ modelKey, name, version }) => {
      const record = (await followBearer(deps, modelKey, name))?.live;
      const stored = record && (await deps.registry.findVersion(modelKey, version));
      return record && stored ? [shownVersion(stored, record)] : [];
    }),
  );
  return found.flat();
};

/**
 * Versions that match, a page of them. A filter by name or by run reads only those; any other reads every version.
 * @throws INVALID_REQUEST with the token of the filter or order that is wrong
 */
export const searchVersions = async (deps: ReadingDeps, wanted: RegistrySearch): Promise<Page<ModelVersion>> => {
  const search = parseVersionSearch(wanted);
  const collector = pageCollector<ModelVersion>(search, wanted);
  const [names, runs] = [search.pinned('name'), search.pinned('run_id')];
  if (names === undefined && runs !== undefined) {
    for (const runId of new Set(runs)) for (const version of await versionsOfRun(deps, runId)) collector.add(version);
    return collector.page();
  }
  for await (const page of candidates(deps, names))
    for (let start = 0; start < page.length; start += AT_ONCE)
      await Promise.all(
        page
          .slice(start, start + AT_ONCE)
          .map((record) => versionsOf(deps, record, (version) => collector.add(version))),
      );
  return collector.page();
};
