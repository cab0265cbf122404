import type { ModelVersion } from '#contracts/registry.ts';
import type { ModelRecord, ReadingDeps } from './ports.ts';
import { shownVersion } from './versions.ts';

const PAGE = 1_000;

/** In Staging, in Production, or with a share of the traffic. */
const numbersOf = ({ staged, deployment }: ModelRecord): number[] => [
  ...new Set([...staged.Staging, ...staged.Production, ...(deployment?.versions ?? [])]),
];

const inUseOf = async ({ registry }: ReadingDeps, records: readonly ModelRecord[]): Promise<ModelVersion[]> => {
  const byKey = new Map(records.map((record) => [record.modelKey, record]));
  const wanted = records.flatMap((record) =>
    numbersOf(record).map((version) => ({ modelKey: record.modelKey, version })),
  );
  const found = wanted.length === 0 ? [] : await registry.findVersions(wanted);
  return found.flatMap(({ modelKey, version }) => {
    const record = byKey.get(modelKey);
    return record ? [shownVersion(version, record)] : [];
  });
};

/**
 * Versions of all models that others rely on: in Staging, in Production, or with traffic. Reads the list of models (a
 * request for each megabyte, some thousand models) and those versions (a request for each hundred).
 */
export const versionsInUse = async (deps: ReadingDeps): Promise<ModelVersion[]> => {
  const found: ModelVersion[] = [];
  let pageToken: string | undefined;
  do {
    const page = await deps.registry.listModels({ maxResults: PAGE, ...(pageToken !== undefined && { pageToken }) });
    found.push(...(await inUseOf(deps, page.items)));
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return found;
};
