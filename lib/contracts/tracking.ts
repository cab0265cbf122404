import { z } from 'zod';
import { GivenTags, Int64, MetricValue, PageQuery, pageOf } from './common.ts';
import type { RouteTable } from './routes.ts';

/** Shapes follow MLflow's entities (times in ms since 1970), so that its wire format is a renaming, not a conversion. */
const tags = z.record(z.string(), z.string());

export const Experiment = z
  .object({
    experimentId: z.string(),
    name: z.string(),
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

/** One measured point. Latest = greatest (step, timestampMs, value); among values NaN counts as 0. */
export const MetricPoint = z.object({
  key: z.string(),
  value: MetricValue,
  timestampMs: Int64,
  step: Int64,
  /** The logged model that was measured, and on which data. */
  modelId: z.string().optional(),
  datasetName: z.string().optional(),
  datasetDigest: z.string().optional(),
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
  schema: z.string().optional(),
  profile: z.string().optional(),
  /** Of this use of it, such as mlflow.data.context. */
  tags,
});
export type DatasetInput = z.infer<typeof DatasetInput>;

/** A model that a run brought forth, at which step of it. */
export const ModelOutput = z.object({ modelId: z.string(), step: Int64 });
export type ModelOutput = z.infer<typeof ModelOutput>;

export const Run = z
  .object({
    info: RunInfo,
    /** Latest point of every metric. */
    metrics: z.array(MetricPoint),
    params: z.record(z.string(), z.string()),
    tags,
    inputs: z.array(DatasetInput),
    /** Ids of the logged models it read. */
    modelInputs: z.array(z.string()),
    modelOutputs: z.array(ModelOutput),
  })
  .meta({ id: 'Run' });
export type Run = z.infer<typeof Run>;

/** Everything logged in one call; twice the same leaves the same. */
export const RunBatch = z.object({
  metrics: z.array(MetricPoint).max(1_000).default([]),
  params: z.record(z.string(), z.string()).default({}),
  tags: z.record(z.string(), z.string()).default({}),
});
export type RunBatch = z.infer<typeof RunBatch>;

export const LoggedModelStatus = z.enum(['PENDING', 'READY', 'FAILED']);
export type LoggedModelStatus = z.infer<typeof LoggedModelStatus>;

/** A point measured of a logged model, and the run that measured it. */
export const LoggedModelMetric = MetricPoint.extend({ modelId: z.string(), runId: z.string() });
export type LoggedModelMetric = z.infer<typeof LoggedModelMetric>;

/** A model as a run logged it, before anyone registers it (MLflow 3). Its id is m- and 32 hex digits. */
export const LoggedModel = z
  .object({
    modelId: z.string(),
    experimentId: z.string(),
    name: z.string(),
    modelType: z.string().optional(),
    sourceRunId: z.string().optional(),
    status: LoggedModelStatus,
    artifactUri: z.string(),
    creationTimeMs: z.int(),
    lastUpdateTimeMs: z.int(),
    lifecycleStage: z.enum(['active', 'deleted']),
    tags,
    params: z.record(z.string(), z.string()),
    /** Latest point of every (metric, data set, run). */
    metrics: z.array(LoggedModelMetric),
  })
  .meta({ id: 'LoggedModel' });
export type LoggedModel = z.infer<typeof LoggedModel>;

// What is stored is read without limits, so they stand here alone.
export const CreateExperiment = z
  .object({
    name: z.string().min(1).max(500),
    description: z.string().max(5_000).optional(),
    tags: GivenTags.default({}),
  })
  .meta({ id: 'CreateExperiment' });
export const ExperimentCreated = z
  .object({ experiment_id: z.string(), name: z.string(), status: z.literal('created') })
  .meta({ id: 'ExperimentCreated' });

const texts = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => (typeof given === 'string' ? [given] : given))
  .meta({ type: 'array', items: { type: 'string' } });
/** A page of a search, in MLflow's grammar. */
const SearchQuery = PageQuery.extend({
  /** @example metrics.auc > 0.9 AND params.model = 'tree' */
  filter: z.string().max(10_000).optional(),
  /** Given once or repeated. @example metrics.auc DESC */
  orderBy: texts.optional(),
});

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
    summary: 'List experiments, newest first unless ordered otherwise',
    role: 'viewer',
    query: SearchQuery,
    reply: pageOf(Experiment),
  },
  getExperiment: {
    method: 'GET',
    path: '/experiments/{experimentId}',
    summary: 'One experiment',
    role: 'viewer',
    reply: Experiment,
  },
  listRuns: {
    method: 'GET',
    path: '/experiments/{experimentId}/runs',
    summary: 'Search the runs of an experiment, newest first unless ordered otherwise',
    role: 'viewer',
    query: SearchQuery,
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
