import type { ColumnDiff, DatasetDiff, DatasetSummary } from '#contracts/dataset-routes.ts';
import type { ColumnProfile, DatasetManifest } from '#contracts/datasets.ts';
import { table } from '../../output.ts';

const MAX_CELL = 24;
const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** @example bytesText(2_400_000) // '2.4 MB' */
const bytesText = (bytes: number): string => {
  const power = bytes < 1_000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1_000 ** power).toFixed(1))} ${units[power]}`;
};

const cell = (value: ColumnProfile['min']): string => {
  if (value === null) return '';
  const text = typeof value === 'number' ? String(Number(value.toPrecision(6))) : value;
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text;
};

const percent = (share: number): string => `${Number((100 * share).toFixed(2))} %`;

export const summaryTable = (summaries: readonly DatasetSummary[]): string =>
  table(
    ['data set', 'kind', 'rows', 'columns', 'size', 'project version', 'made at'],
    summaries.map((s) => [
      s.datasetId,
      s.kind,
      String(s.rowCount),
      String(s.columnCount),
      bytesText(s.bytes),
      String(s.projectVersion),
      s.createdAt,
    ]),
  );

// Eight steps of height; the tallest bar is the fullest bin.
const BARS = '▁▂▃▄▅▆▇█';
const bars = (counts: readonly number[]): string => {
  const most = Math.max(...counts, 1);
  return counts.map((count) => (count === 0 ? ' ' : BARS[Math.floor((count / most) * 7.99)])).join('');
};

// Bins hold about the same number of values, so a picture of them is of their density.
const spread = ({ sketch }: ColumnProfile): string => {
  if (sketch?.kind === 'values')
    return sketch.top
      .slice(0, 3)
      .map(({ value, count }) => `${cell(value)} ×${count}`)
      .join(', ');
  if (!sketch || sketch.edges.length < 2) return '';
  const [low = 0, high = 0] = [sketch.edges[0], sketch.edges.at(-1)];
  const buckets = new Array<number>(16).fill(0);
  for (const [i, count] of sketch.counts.entries()) {
    const middle = ((sketch.edges[i] ?? 0) + (sketch.edges[i + 1] ?? 0)) / 2;
    const at = high === low ? 0 : Math.min(15, Math.floor(((middle - low) / (high - low)) * 16));
    buckets[at] = (buckets[at] ?? 0) + count;
  }
  return bars(buckets);
};

export const columnTable = ({ columns, rowCount }: Pick<DatasetManifest, 'columns' | 'rowCount'>): string =>
  table(
    ['column', 'type', 'nulls', 'distinct', 'min', 'max', 'values'],
    columns.map((column) => [
      column.name,
      column.type,
      percent(rowCount === 0 ? 0 : column.nulls / rowCount),
      String(column.distinct),
      cell(column.min),
      cell(column.max),
      spread(column),
    ]),
  );

export const manifestText = (manifest: DatasetManifest): string => {
  const { datasetId, kind, project, projectVersion, rowCount, producer, createdAt, inputs } = manifest;
  const made = [...inputs.datasets, ...inputs.files.map(({ path }) => path)];
  return [
    `${kind} data set ${datasetId}`,
    `project ${project}, version ${projectVersion}; ${rowCount} rows; made at ${createdAt} by ${producer.step} (code ${producer.codeVersion})`,
    `made from ${made.length === 0 ? 'nothing that is named' : made.join(', ')}`,
    ...Object.entries(inputs.parameters).map(([name, value]) => `  ${name} = ${value}`),
    `files below ${manifest.uri}`,
    ...manifest.files.map(({ path, bytes, sha256 }) => `  ${path}  ${bytesText(bytes)}  sha256 ${sha256}`),
    '',
    columnTable(manifest),
  ].join('\n');
};

const pair = <T>({ from, to }: { from: T; to: T }, asText: (value: T) => string): string => {
  const [a, b] = [asText(from), asText(to)];
  return a === b ? a : `${a} → ${b}`;
};

const columnRow = (diff: ColumnDiff): string[] => [
  diff.name,
  diff.change === undefined ? '?' : diff.change.toFixed(3),
  diff.psi === undefined ? '?' : diff.psi.toFixed(3),
  pair(diff.nullShare, percent),
  pair(diff.distinct, String),
  pair(diff.min, cell),
  pair(diff.max, cell),
];

export const diffText = ({ from, to, schema, rowCount, columns }: DatasetDiff): string =>
  [
    `from ${from.kind} ${from.datasetId} (${from.createdAt})`,
    `to   ${to.kind} ${to.datasetId} (${to.createdAt})`,
    `rows ${pair(rowCount, String)}`,
    ...schema.added.map(({ name, type }) => `+ ${name} ${type}`),
    ...schema.removed.map(({ name, type }) => `- ${name} ${type}`),
    ...schema.changed.map((change) => `~ ${change.name} ${change.from} → ${change.to}`),
    '',
    table(['column', 'change', 'psi', 'nulls', 'distinct', 'min', 'max'], columns.map(columnRow)),
  ].join('\n');
