import type { DatasetManifest } from '#contracts/datasets.ts';
import { type Feature, modelType } from '#contracts/feature-views.ts';
import type { FeatureViewVersion } from '#contracts/features.ts';
import type { ColumnDrift } from '#contracts/monitoring.ts';
import type { Monitoring } from '#contracts/project.ts';
import { identifier, type Tables, timestampLiteral, viewRows } from '#core/features/index.ts';
import { productionVersion } from '#core/registry/index.ts';
import { missingShares } from '../column-samples.ts';
import { compare } from '../compare.ts';
import { readSamples, sampleViews } from '../read-samples.ts';
import { judgeColumn } from '../verdict.ts';
import type { MeasureViewsDeps } from './ports.ts';

/** What a view's newest values look like. */
export interface Quality {
  readonly rowCount: number;
  readonly nullShare: Readonly<Record<string, number>>;
  readonly drift: readonly ColumnDrift[];
}

const inputOf = ({ name, type }: Feature) => ({ name, type: modelType(type) });

/** What the model in Production was trained beside: what is in use is what values should still look like. */
export const referenceOf = async (deps: MeasureViewsDeps, project: string): Promise<DatasetManifest | undefined> => {
  const datasetId = (await productionVersion(deps, project))?.tags.referenceDatasetId;
  return datasetId === undefined ? undefined : deps.datasets.catalog.find(project, 'reference', datasetId);
};

const hasAll = (manifest: DatasetManifest, features: readonly Feature[]): boolean =>
  features.every(({ name }) => manifest.columns.some((column) => column.name === name));

const nullShares = ({ rowCount, columns }: DatasetManifest, features: readonly Feature[]): Quality['nullShare'] =>
  Object.fromEntries(
    features.flatMap(({ name }) => {
      const column = columns.find((one) => one.name === name);
      return column && rowCount > 0 ? [[name, column.nulls / rowCount]] : [];
    }),
  );

export interface TrainedViews {
  readonly features: readonly Feature[];
  readonly current: DatasetManifest;
  readonly reference: DatasetManifest | undefined;
  readonly limits: Monitoring;
}

/** Views that models are trained on: the newest features data set against the reference. */
export const trainedQuality = async (deps: MeasureViewsDeps, trained: TrainedViews): Promise<Quality> => {
  const { current, reference, limits } = trained;
  const { rowCount } = current;
  const features = trained.features.filter((feature) => hasAll(current, [feature]));
  const quality = { rowCount, nullShare: nullShares(current, features), drift: [] };
  const judged = reference ? features.filter((feature) => hasAll(reference, [feature])) : [];
  if (!reference || judged.length === 0 || rowCount < limits.minimumRows) return quality;
  const inputs = judged.map(inputOf);
  const { columns } = await compare(deps, { reference, current, inputs, limits });
  return { ...quality, drift: columns.map(({ drift }) => drift) };
};

const HOUR_MS = 3_600_000;
/** So many windows before the newest one are what its values are held against. */
const WINDOWS_BEFORE = 7;
const ROWS = 'rows of the view';

// As models take them: strings as text, all else as numbers.
const modelColumn = ({ name, type }: Feature): string => {
  const column = identifier(name);
  if (modelType(type) === 'string') return `CAST(${column} AS VARCHAR) AS ${column}`;
  return `${type === 'timestamp' ? `epoch(${column})` : `CAST(${column} AS DOUBLE)`} AS ${column}`;
};

const samplesFrom = async (tables: Tables, features: readonly Feature[], since: Date): Promise<number> => {
  const at = timestampLiteral(since);
  const columns = features.map(modelColumn).join(', ');
  const make = (name: string, operator: string) =>
    tables.run(
      `CREATE TABLE ${name} AS SELECT ${columns} FROM ${identifier(ROWS)} WHERE event_timestamp ${operator} ${at}`,
    );
  await make(sampleViews.reference, '<=');
  await make(sampleViews.current, '>');
  const [counted] = await tables.rows(`SELECT count(*) AS n FROM ${sampleViews.current}`);
  return Number(counted?.n ?? 0);
};

/** Views of their own: the offline rows of the newest window against those of the windows before it. */
export const offlineQuality = (
  deps: MeasureViewsDeps,
  version: FeatureViewVersion,
  { at, limits }: { readonly at: Date; readonly limits: Monitoring },
): Promise<Quality> =>
  deps.engine.open(async (tables) => {
    const windowMs = limits.windowHours * HOUR_MS;
    const from = new Date(at.getTime() - (WINDOWS_BEFORE + 1) * windowMs);
    await viewRows(deps.datasets, tables, { version, name: ROWS, from, to: at });
    const { features } = version.view;
    const rowCount = await samplesFrom(tables, features, new Date(at.getTime() - windowMs));
    if (rowCount === 0) return { rowCount, nullShare: {}, drift: [] };
    const nullShare: Record<string, number> = {};
    const drift: ColumnDrift[] = [];
    for (const feature of features) {
      const samples = await readSamples(tables, inputOf(feature));
      nullShare[feature.name] = missingShares(samples).current;
      if (rowCount >= limits.minimumRows) drift.push(judgeColumn(feature.name, samples, limits));
    }
    return { rowCount, nullShare, drift };
  });
