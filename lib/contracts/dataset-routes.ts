import { z } from 'zod';
import { Instant, Name, PageQuery, pageOf, Share } from './common.ts';
import { ColumnProfile, DatasetFile, DatasetKind, DatasetManifest } from './datasets.ts';
import type { RouteTable } from './routes.ts';

const datasetId = DatasetManifest.shape.datasetId;

/** A data set in a list; its manifest says more. */
export const DatasetSummary = z
  .object({
    datasetId,
    kind: DatasetKind,
    project: Name,
    projectVersion: z.int(),
    rowCount: z.int(),
    columnCount: z.int(),
    bytes: z.int(),
    step: z.string(),
    codeVersion: z.string(),
    createdAt: Instant,
  })
  .meta({ id: 'DatasetSummary' });
export type DatasetSummary = z.infer<typeof DatasetSummary>;

const fromTo = <T extends z.ZodType>(value: T) => z.object({ from: value, to: value });
const column = z.object({ name: z.string(), type: z.string() });

export const ColumnDiff = z.object({
  name: z.string(),
  /** Of the newer one. */
  type: z.string(),
  /**
   * How far the values moved, missing ones as a value of their own: Jensen-Shannon divergence, 0 the same, 1 nothing in
   * common. Absent when a manifest says nothing of it, and for a data set without rows.
   */
  change: Share.optional(),
  /** Population stability index: people look at it from 0.1 on, and worry from 0.25. */
  psi: z.number().min(0).optional(),
  nullShare: fromTo(Share),
  distinct: fromTo(z.int()),
  min: fromTo(ColumnProfile.shape.min),
  max: fromTo(ColumnProfile.shape.max),
});
export type ColumnDiff = z.infer<typeof ColumnDiff>;

/** What is different between two data sets, by their manifests alone. */
export const DatasetDiff = z
  .object({
    from: DatasetSummary,
    to: DatasetSummary,
    schema: z.object({
      added: z.array(column),
      removed: z.array(column),
      changed: z.array(z.object({ name: z.string(), from: z.string(), to: z.string() })),
    }),
    rowCount: fromTo(z.int()),
    /** Columns of both, the most changed first. */
    columns: z.array(ColumnDiff),
  })
  .meta({ id: 'DatasetDiff' });
export type DatasetDiff = z.infer<typeof DatasetDiff>;

export const DatasetDownloads = z
  .object({ datasetId, files: z.array(DatasetFile.extend({ url: z.string() })), validSeconds: z.int() })
  .meta({ id: 'DatasetDownloads' });
export type DatasetDownloads = z.infer<typeof DatasetDownloads>;

const one = z.object({ project: Name, datasetId });

export const datasetRoutes = {
  listDatasets: {
    method: 'GET',
    path: '/datasets/{project}',
    summary: 'Data sets of a project, newest first',
    role: 'viewer',
    params: one.pick({ project: true }),
    query: PageQuery.extend({ kind: DatasetKind.optional() }),
    reply: pageOf(DatasetSummary),
  },
  getDataset: {
    method: 'GET',
    path: '/datasets/{project}/{datasetId}',
    summary: 'The manifest of a data set: columns, files, what it was made from',
    role: 'viewer',
    params: one,
    reply: DatasetManifest,
  },
  diffDatasets: {
    method: 'GET',
    path: '/datasets/{project}/{datasetId}/diff/{otherId}',
    summary: 'What changed from one data set to another: schema, rows, values',
    role: 'viewer',
    params: one.extend({ otherId: datasetId }),
    reply: DatasetDiff,
  },
  downloadDataset: {
    method: 'GET',
    path: '/datasets/{project}/{datasetId}/files',
    summary: 'Addresses from which the files of a data set can be had for a while',
    role: 'scientist',
    params: one,
    reply: DatasetDownloads,
  },
} as const satisfies RouteTable;
