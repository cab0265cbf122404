import type { DatasetKind, DatasetManifest } from '#contracts/datasets.ts';

/** A data set of two rows whose id is one hex digit again and again. */
export const someManifest = (digit: string, project = 'churn', kind: DatasetKind = 'features'): DatasetManifest => ({
  datasetId: digit.repeat(32),
  kind,
  project,
  projectVersion: 1,
  uri: `s3://data-bucket/projects/${project}/datasets/${kind}/${digit.repeat(32)}/`,
  rowCount: 2,
  columns: [{ name: 'id', type: 'VARCHAR', nulls: 0, distinct: 2, min: 'a', max: 'b' }],
  files: [{ path: 'part-0.parquet', bytes: 10, sha256: 'a'.repeat(64) }],
  producer: { step: 'build-features', codeVersion: 'v1' },
  inputs: { datasets: ['b'.repeat(32)], files: [], parameters: { end: '2026-01-01T00:00:00.000Z' } },
  createdAt: '2026-01-02T03:04:05.000Z',
});
