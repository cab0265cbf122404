import { z } from 'zod';
import { GivenTags, PageQuery, pageOf } from './common.ts';
import type { RouteTable } from './routes.ts';

/** Shapes follow MLflow's entities (times in ms since 1970), so that its wire format is a renaming, not a conversion. */
const tags = z.record(z.string(), z.string());

export const Experiment = z
  .object({
    experimentId: z.string(),
    name: z.string().min(1).max(500),
    artifactLocation: z.string(),
    lifecycleStage: z.enum(['active', 'deleted']),
    creationTimeMs: z.int(),
    lastUpdateTimeMs: z.int(),
    tags,
  })
  .meta({ id: 'Experiment' });
export type Experiment = z.infer<typeof Experiment>;

export const RunStatus = z.enum(['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']);
export type RunStatus = z.infer<typeof RunStatus>;

/** One measured point. Latest = greatest (step, timestampMs, value). */
export const MetricPoint = z.object({
  key: z.string().min(1).max(250),
  value: z.number(),
  timestampMs: z.int(),
  step: z.int(),
});
export type MetricPoint = z.infer<typeof MetricPoint>;

export const RunInfo = z.object({
  runId: z.string().regex(/^[0-9a-f]{32}$/),
  experimentId: z.string(),
  runName: z.string(),
  userId: z.string(),
  status: RunStatus,
  startTimeMs: z.int(),
  endTimeMs: z.int().optional(),
  artifactUri: z.string(),
  lifecycleStage: z.enum(['active', 'deleted']),
});
export type RunInfo = z.infer<typeof RunInfo>;

export const DatasetInput = z.object({
  name: z.string(),
  digest: z.string(),
  sourceType: z.string(),
  source: z.string(),
  tags,
});
export type DatasetInput = z.infer<typeof DatasetInput>;

export const Run = z
  .object({
    info: RunInfo,
    /** Latest point of every metric. */
    metrics: z.array(MetricPoint),
    params: z.record(z.string(), z.string()),
    tags,
    inputs: z.array(DatasetInput),
  })
  .meta({ id: 'Run' });
export type Run = z.infer<typeof Run>;

/** Everything logged in one call; twice the same leaves the same. */
export const RunBatch = z.object({
  metrics: z.array(MetricPoint).max(1_000).default([]),
  params: z.record(z.string().max(250), z.string().max(6_000)).default({}),
  tags: z.record(z.string().max(250), z.string().max(8_000)).default({}),
});
export type RunBatch = z.infer<typeof RunBatch>;

export const CreateExperiment = z
  .object({ name: Experiment.shape.name, description: z.string().max(5_000).optional(), tags: GivenTags.default({}) })
  .meta({ id: 'CreateExperiment' });
export const ExperimentCreated = z
  .object({ experiment_id: z.string(), name: z.string(), status: z.literal('created') })
  .meta({ id: 'ExperimentCreated' });

export const trackingRoutes = {
  createExperiment: {
    method: 'POST',
    path: '/experiments',
    summary: 'Create an experiment',
    role: 'scientist',
    body: CreateExperiment,
    reply: ExperimentCreated,
    status: 201,
  },
  listExperiments: {
    method: 'GET',
    path: '/experiments',
    summary: 'List experiments, newest first',
    role: 'viewer',
    query: PageQuery,
    reply: pageOf(Experiment),
  },
  listRuns: {
    method: 'GET',
    path: '/experiments/{experimentId}/runs',
    summary: 'List the runs of an experiment, newest first',
    role: 'viewer',
    query: PageQuery,
    reply: pageOf(Run),
  },
  getRun: {
    method: 'GET',
    path: '/runs/{runId}',
    summary: 'One run with its latest metrics',
    role: 'viewer',
    reply: Run,
  },
  getMetricHistory: {
    method: 'GET',
    path: '/runs/{runId}/metrics/{key}',
    summary: 'Every point of a metric',
    role: 'viewer',
    query: PageQuery,
    reply: pageOf(MetricPoint),
  },
} as const satisfies RouteTable;
