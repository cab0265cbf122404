import type { ColumnDiff, DatasetDiff, DatasetSummary } from '#contracts/dataset-routes.ts';
import type { ColumnProfile, DatasetManifest } from '#contracts/datasets.ts';
import { distributionChange } from './distribution.ts';

/** @example summaryOf(manifest).bytes // the size of all its files */
export const summaryOf = (manifest: DatasetManifest): DatasetSummary => {
  const { datasetId, kind, project, projectVersion, rowCount, createdAt, producer } = manifest;
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const columnCount = manifest.columns.length;
  return { datasetId, kind, project, projectVersion, rowCount, columnCount, bytes, ...producer, createdAt };
};

const shareOf = (count: number, rowCount: number): number => (rowCount === 0 ? 0 : count / rowCount);

const columnDiff = (
  from: DatasetManifest,
  to: DatasetManifest,
  [a, b]: [ColumnProfile, ColumnProfile],
): ColumnDiff => ({
  name: b.name,
  type: b.type,
  ...distributionChange({ column: a, rowCount: from.rowCount }, { column: b, rowCount: to.rowCount }),
  nullShare: { from: shareOf(a.nulls, from.rowCount), to: shareOf(b.nulls, to.rowCount) },
  distinct: { from: a.distinct, to: b.distinct },
  min: { from: a.min, to: b.min },
  max: { from: a.max, to: b.max },
});

// What nothing is known of stands last.
const byChange = (a: ColumnDiff, b: ColumnDiff): number =>
  (b.change ?? -1) - (a.change ?? -1) || (a.name < b.name ? -1 : 1);

const named = ({ name, type }: ColumnProfile) => ({ name, type });

/** What is different between two data sets, without reading a row. */
export const diffManifests = (from: DatasetManifest, to: DatasetManifest): DatasetDiff => {
  const earlier = new Map(from.columns.map((column) => [column.name, column]));
  const later = new Set(to.columns.map(({ name }) => name));
  const pairs = to.columns.flatMap((column): [ColumnProfile, ColumnProfile][] => {
    const before = earlier.get(column.name);
    return before ? [[before, column]] : [];
  });
  const changed = pairs
    .filter(([a, b]) => a.type !== b.type)
    .map(([a, b]) => ({ name: b.name, from: a.type, to: b.type }));
  return {
    from: summaryOf(from),
    to: summaryOf(to),
    schema: {
      added: to.columns.filter(({ name }) => !earlier.has(name)).map(named),
      removed: from.columns.filter(({ name }) => !later.has(name)).map(named),
      changed,
    },
    rowCount: { from: from.rowCount, to: to.rowCount },
    columns: pairs.map((pair) => columnDiff(from, to, pair)).sort(byChange),
  };
};
