import { dataKeys } from '#contracts/datasets.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import { canonicalJson } from '../dataset-id.ts';
import { findFiles } from '../raw-files.ts';
import { type FeaturesSets, featuresSets } from './features-sets.ts';
import type { MaterializeDeps } from './ports.ts';
import { type ViewRange, viewRange } from './range.ts';

/** A view with all that its online rows follow from. */
export interface Target {
  readonly version: FeatureViewVersion;
  readonly range: ViewRange;
  /** Features data sets that its rows are read from; none for a view with a source. */
  readonly sets: FeaturesSets;
  /** sha256 over the objects that its rows are read from, without reading them. */
  readonly inputs: string;
}

/** Objects of the source. A database does not tell whether it changed: each execution reads it anew. */
const rawObjects = async (
  deps: MaterializeDeps,
  { project, view, source }: FeatureViewVersion,
  execution: string,
): Promise<unknown[]> => {
  if (!source) return [];
  if (source.database?.secret !== undefined) return [execution];
  const found = await findFiles(deps.objects, { project, name: view.source ?? view.name, source });
  return found.map(({ path, bytes, etag }) => [path, bytes, etag]);
};

const pushedObjects = async (deps: MaterializeDeps, { project, name }: FeatureViewVersion): Promise<unknown[]> =>
  (await deps.objects.list(dataKeys.pushed(project, name))).map(({ key, bytes }) => [key, bytes]);

// A mark tells of the values of one definition: those of another are brought from the beginning. A database tells neither
// what came late nor when.
const watermarkOf = async (deps: MaterializeDeps, version: FeatureViewVersion): Promise<string | undefined> => {
  const { project, name, contentSha256, source } = version;
  if (source?.database && source.created === undefined) return undefined;
  const brought = await deps.log.definition(project, name);
  return brought === contentSha256 ? deps.watermarks.get(project, name) : undefined;
};

/** A view, its range and what is there to read. */
export const targetOf = async (
  deps: MaterializeDeps,
  version: FeatureViewVersion,
  of: { readonly start?: Date | undefined; readonly end: Date; readonly execution: string },
): Promise<Target> => {
  const { view } = version;
  const watermark = await watermarkOf(deps, version);
  const range = viewRange({ ...of, watermark, ttlDays: view.ttlDays });
  const sets = version.source ? [] : await featuresSets(deps.catalog, version, range);
  const [raw, pushed] = await Promise.all([rawObjects(deps, version, of.execution), pushedObjects(deps, version)]);
  const ids = sets.map(({ datasetId }) => datasetId);
  return { version, range, sets, inputs: deps.digest.sha256(canonicalJson([raw, pushed, ids])) };
};

/** What a data set of shards follows from, as its recipe's parameters have it. */
export const targetFacts = ({ version, range, inputs }: Target) => ({
  view: version.name,
  version: version.version,
  content: version.contentSha256,
  ttlDays: version.view.ttlDays,
  from: range.from?.toISOString() ?? null,
  since: range.since?.toISOString() ?? null,
  inputs,
});
