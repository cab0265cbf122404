import { type DatasetManifest, dataKeys } from '#contracts/datasets.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import { canonicalJson } from '../../shared/canonical-json.ts';
import type { ResolvedFeatures } from '../catalog/index.ts';
import { copyDatabase } from '../database-source.ts';
import { featuresDatasets } from '../offline-rows/dataset-rows.ts';
import type { Tables } from '../ports.ts';
import { asInputs } from '../raw-files.ts';
import { knownFiles } from '../raw-index.ts';
import type { HistoricalDeps } from './ports.ts';

type Inputs = Pick<DatasetManifest['inputs'], 'datasets' | 'files'>;

const ofView = async (deps: HistoricalDeps, tables: Tables, version: FeatureViewVersion): Promise<Inputs> => {
  const { project, view, source } = version;
  if (!source) return { datasets: await featuresDatasets(deps, version), files: [] };
  const named = { project, name: view.source ?? view.name, source };
  const known = source.database
    ? [await copyDatabase(deps, tables, { named, parameters: {} })]
    : await knownFiles(deps.objects, tables, named);
  return { datasets: [], files: asInputs(known) };
};

/** Pushed rows by what they hold: the files are only ever added to. */
const pushed = async ({ objects, digest }: HistoricalDeps, { project, view }: FeatureViewVersion): Promise<string> => {
  const files = await objects.list(dataKeys.pushed(project, view.name));
  return files.length === 0 ? '' : digest.sha256(canonicalJson(files.map(({ key, etag }) => [key, etag])));
};

/** What the values of some views follow from, each file and data set once. */
export const viewInputs = async (
  deps: HistoricalDeps,
  tables: Tables,
  { views }: ResolvedFeatures,
): Promise<Inputs & { pushed: string }> => {
  const all: Inputs[] = [];
  for (const { version } of views) all.push(await ofView(deps, tables, version));
  const files = new Map(all.flatMap((one) => one.files).map((file) => [file.path, file] as const));
  const rows = await Promise.all(views.map(({ version }) => pushed(deps, version)));
  return {
    datasets: [...new Set(all.flatMap((one) => one.datasets))].sort(),
    files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    pushed: rows.some((one) => one !== '') ? deps.digest.sha256(canonicalJson(rows)) : '',
  };
};
