import { z } from 'zod';
import { Instant, Name, S3Uri, Sha256 } from './common.ts';

/** What a data set is to the flow: each is made from the one before. */
export const DatasetKind = z.enum(['ingested', 'features', 'reference', 'training', 'predictions']);
export type DatasetKind = z.infer<typeof DatasetKind>;

export const ColumnProfile = z.object({
  name: z.string(),
  /** DuckDB's type name. */
  type: z.string(),
  nulls: z.int().min(0),
  distinct: z.int().min(0),
  min: z.union([z.number(), z.string(), z.null()]),
  max: z.union([z.number(), z.string(), z.null()]),
});

export const DatasetFile = z.object({ path: z.string(), bytes: z.int().min(0), sha256: Sha256 });

/**
 * manifest.json beside the files of every data set. The id is the sha256 (first 32 hex digits) of kind, inputs and
 * code version, so a step that is asked again finds its own work.
 */
export const DatasetManifest = z
  .object({
    datasetId: z.string().regex(/^[0-9a-f]{32}$/),
    kind: DatasetKind,
    project: Name,
    projectVersion: z.int().positive(),
    /** s3://…/ prefix with a slash at its end: the Parquet files lie below it. */
    uri: S3Uri,
    rowCount: z.int().min(0),
    columns: z.array(ColumnProfile),
    files: z.array(DatasetFile),
    /** Step and code that made it. */
    producer: z.object({ step: z.string(), codeVersion: z.string() }),
    /** What it was made from: data-set ids, raw files with their hashes, parameters. */
    inputs: z.object({
      datasets: z.array(z.string()).default([]),
      files: z.array(DatasetFile).default([]),
      parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
    }),
    createdAt: Instant,
  })
  .meta({ id: 'DatasetManifest' });
export type DatasetManifest = z.infer<typeof DatasetManifest>;

/** Keys below the data bucket. */
export const dataKeys = {
  raw: (project: string, path = '') => `projects/${project}/raw/${path}`,
  dataset: (project: string, kind: DatasetKind, datasetId: string) =>
    `projects/${project}/datasets/${kind}/${datasetId}/`,
  /** Pointer to the newest data set of a kind: JSON { datasetId }. */
  latest: (project: string, kind: DatasetKind) => `projects/${project}/datasets/${kind}/latest.json`,
  /** File is {id}.json or {id}.html. */
  report: (project: string, kind: 'validation' | 'drift', file: string) =>
    `projects/${project}/reports/${kind}/${file}`,
} as const;
