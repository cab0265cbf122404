import { z } from 'zod';
import { Instant, Name, S3Uri, Sha256 } from './common.ts';

/** What a data set is to the flow: each is made from the one before. */
export const DatasetKind = z.enum([
  'ingested',
  'features',
  'reference',
  'training',
  'predictions',
  'materialization',
  'historical',
  'scores',
]);
export type DatasetKind = z.infer<typeof DatasetKind>;

/**
 * Numbers and times (seconds since 1970): counts[i] values lie above edges[i] up to edges[i + 1], the first edge
 * included. Texts: the most frequent, and how many others there are. Exact counts; nulls are in neither.
 */
export const ColumnSketch = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('bins'), edges: z.array(z.number()), counts: z.array(z.int().min(0)) }),
  z.object({
    kind: z.literal('values'),
    top: z.array(z.object({ value: z.string(), count: z.int().min(0) })),
    others: z.int().min(0),
  }),
]);
export type ColumnSketch = z.infer<typeof ColumnSketch>;

export const ColumnProfile = z.object({
  name: z.string(),
  /** DuckDB's type name. */
  type: z.string(),
  nulls: z.int().min(0),
  distinct: z.int().min(0),
  min: z.union([z.number(), z.string(), z.null()]),
  max: z.union([z.number(), z.string(), z.null()]),
  /** How its values are spread; absent for lists and the like, and in manifests of earlier versions. */
  sketch: ColumnSketch.optional(),
});
export type ColumnProfile = z.infer<typeof ColumnProfile>;

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
  /** One object a data set, whose name sorts by the time it was made: what lists read. */
  index: (project: string, name = '') => `projects/${project}/datasets/index/${name}`,
  /** Fingerprints of a source's raw files, so that nothing is copied to learn that nothing changed. */
  rawIndex: (project: string, source: string) => `projects/${project}/datasets/raw-index/${source}.json`,
  /** Why a step that ran as a task refused: JSON { code, message, details }. */
  refusal: (project: string, execution: string, step: string) =>
    `projects/${project}/datasets/refusals/${execution}/${step}.json`,
  /** What Athena left of a query, before it is a data set: plan.json, done.json, and a folder for each execution. */
  unloaded: (project: string, query: string, path = '') => `projects/${project}/datasets/unloaded/${query}/${path}`,
  /** Rows pushed to the offline store of a view: JSON lines. */
  pushed: (project: string, view: string, file = '') => `projects/${project}/datasets/pushed/${view}/${file}`,
  /** One empty object a data-quality report, whose name sorts by the time it was made: what lists read. */
  qualityIndex: (project: string, name = '') => `projects/${project}/reports/validation-index/${name}`,
  /** File is {id}.json or {id}.html. */
  report: (project: string, kind: 'validation' | 'drift', file: string) =>
    `projects/${project}/reports/${kind}/${file}`,
} as const;
