import { z } from 'zod';
import { Instant, Name, PageQuery, pageOf } from './common.ts';
import { GuardVerdict, RolloutMove, RolloutState, VariantHealth } from './deployment.ts';
import { DriftVerdict } from './monitoring.ts';
import { Project, ProjectVersion } from './project.ts';
import type { RouteTable } from './routes.ts';
import { CandidateOutcome } from './training.ts';

export const PipelineName = z.enum(['data', 'training', 'deployment', 'monitoring']);
export type PipelineName = z.infer<typeof PipelineName>;

/** Input of a pipeline's execution: what schedules, rules and callers send. Absent times mean "up to now". */
export const pipelineInputs = {
  data: z.object({ project: Name, start: Instant.optional(), end: Instant.optional() }),
  /** refreshData runs the data pipeline first. */
  training: z.object({ project: Name, refreshData: z.boolean().default(false), reason: z.string().default('manual') }),
  deployment: z.object({ project: Name, model: Name, version: z.int().positive(), by: z.string().default('pipeline') }),
  /** Without a start the window is the project's windowHours before the end. */
  monitoring: z.object({ project: Name, start: Instant.optional(), end: Instant.optional() }),
} as const satisfies Record<PipelineName, z.ZodType>;

/**
 * Input and output of every Lambda step. `execution` is the Step Functions execution name: with the step's input it is
 * all a step may depend on. Ids and URIs travel, data never does.
 */
const step = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output });
const execution = { execution: z.string(), startedAt: Instant };
interface Step {
  readonly input: z.ZodType;
  readonly output: z.ZodType;
}
/** @example StepInput<typeof dataSteps.ingest> */
export type StepInput<S extends Step> = z.infer<S['input']>;
export type StepOutput<S extends Step> = z.infer<S['output']>;

export const dataSteps = {
  ingest: step(
    z.object({ ...execution, project: Name, start: Instant.optional(), end: Instant.optional() }),
    z.object({ project: Name, projectVersion: z.int(), datasetId: z.string(), rowCount: z.int(), end: Instant }),
  ),
  validate: step(
    z.object({ ...execution, project: Name, projectVersion: z.int(), datasetId: z.string() }),
    z.object({ datasetId: z.string(), reportUri: z.string(), evaluated: z.int(), unsuccessful: z.int() }),
  ),
  buildFeatures: step(
    z.object({ ...execution, project: Name, projectVersion: z.int(), datasetId: z.string(), end: Instant }),
    z.object({ featuresDatasetId: z.string(), rowCount: z.int() }),
  ),
  updateReference: step(
    z.object({ ...execution, project: Name, projectVersion: z.int(), featuresDatasetId: z.string() }),
    z.object({ referenceDatasetId: z.string(), rowCount: z.int() }),
  ),
  materialize: step(
    z.object({ ...execution, project: Name, projectVersion: z.int(), featuresDatasetId: z.string(), end: Instant }),
    z.object({ entities: z.int(), skippedOlder: z.int() }),
  ),
} as const;

export const trainingSteps = {
  prepare: step(
    z.object({ ...execution, project: Name, reason: z.string() }),
    z.object({
      project: Name,
      projectVersion: z.int(),
      experimentId: z.string(),
      runId: z.string(),
      trainingDatasetId: z.string(),
      referenceDatasetId: z.string(),
      rowCount: z.int(),
      jobs: z.array(z.object({ candidate: z.string(), specUri: z.string(), outputUri: z.string() })),
    }),
  ),
  /** Logs every candidate as a child run and names the best by the project's metric. */
  select: step(
    z.object({
      ...execution,
      project: Name,
      projectVersion: z.int(),
      experimentId: z.string(),
      runId: z.string(),
      candidates: z.array(CandidateOutcome),
    }),
    z.object({ candidate: z.string(), childRunId: z.string(), outputUri: z.string(), cvScore: z.number() }),
  ),
  /** Throws GATE_NOT_MET with every gate that refused. */
  gate: step(
    z.object({
      ...execution,
      project: Name,
      projectVersion: z.int(),
      runId: z.string(),
      candidate: z.string(),
      outputUri: z.string(),
    }),
    z.object({ metrics: z.record(z.string(), z.number()) }),
  ),
  register: step(
    z.object({
      ...execution,
      project: Name,
      projectVersion: z.int(),
      runId: z.string(),
      childRunId: z.string(),
      candidate: z.string(),
      outputUri: z.string(),
      trainingDatasetId: z.string(),
      referenceDatasetId: z.string(),
      reason: z.string(),
    }),
    z.object({ model: Name, version: z.int() }),
  ),
} as const;

export const deploymentSteps = {
  plan: step(
    z.object({ ...execution, project: Name, model: Name, version: z.int(), by: z.string() }),
    z.object({ state: RolloutState }),
  ),
  /** Writes the weights of the state's step into the deployment document. */
  shift: step(z.object({ ...execution, state: RolloutState }), z.object({ state: RolloutState, revision: z.int() })),
  judge: step(
    z.object({ ...execution, state: RolloutState }),
    z.object({
      state: RolloutState,
      move: RolloutMove,
      reason: z.string(),
      verdicts: z.array(GuardVerdict),
      health: VariantHealth,
    }),
  ),
  promote: step(
    z.object({ ...execution, state: RolloutState }),
    z.object({ model: Name, version: z.int(), revision: z.int() }),
  ),
  rollback: step(
    z.object({ ...execution, state: RolloutState, reason: z.string() }),
    z.object({ model: Name, version: z.int(), revision: z.int() }),
  ),
} as const;

export const monitoringSteps = {
  /** Collects the ledger's window into a data set of kind predictions. */
  collect: step(
    z.object({ ...execution, project: Name, start: Instant.optional(), end: Instant.optional() }),
    z.object({
      project: Name,
      projectVersion: z.int(),
      model: Name,
      modelVersion: z.int(),
      datasetId: z.string(),
      rowCount: z.int(),
      windowStart: Instant,
      windowEnd: Instant,
    }),
  ),
  measureDrift: step(
    z.object({
      ...execution,
      project: Name,
      projectVersion: z.int(),
      model: Name,
      modelVersion: z.int(),
      datasetId: z.string(),
      windowStart: Instant,
      windowEnd: Instant,
    }),
    z.object({
      reportId: z.string(),
      reportUri: z.string(),
      verdict: DriftVerdict,
      driftedShare: z.number(),
      rowCount: z.int(),
      retrain: z.boolean(),
    }),
  ),
} as const;

export const PipelineRunStatus = z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']);
export const StageRun = z.object({
  name: z.string(),
  status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'CAUGHT']),
  startedAt: Instant,
  endedAt: Instant.optional(),
  /** The state's output, small because only ids travel. */
  output: z.unknown().optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
});
export const PipelineRun = z
  .object({
    /** {pipeline}.{execution name} */
    runId: z.string(),
    pipeline: PipelineName,
    project: z.string(),
    status: PipelineRunStatus,
    startedAt: Instant,
    endedAt: Instant.optional(),
    input: z.unknown(),
    output: z.unknown().optional(),
    error: z.string().optional(),
    cause: z.string().optional(),
    stages: z.array(StageRun).default([]),
  })
  .meta({ id: 'PipelineRun' });
export type PipelineRun = z.infer<typeof PipelineRun>;

export const ApplyProject = z
  .object({
    /** Texts of project.yaml and of every file it names, by relative path. */
    files: z.record(z.string().max(512), z.string().max(1_000_000)),
  })
  .meta({ id: 'ApplyProject' });
export const ProjectApplied = z
  .object({ name: Name, version: z.int(), changed: z.boolean() })
  .meta({ id: 'ProjectApplied' });

export const RequestUploads = z
  .object({
    files: z
      .array(z.object({ path: z.string().min(1).max(512), bytes: z.int().min(0) }))
      .min(1)
      .max(500),
  })
  .meta({ id: 'RequestUploads' });
/** Presigned PUT addresses, good for an hour; the files land below the project's raw prefix. */
export const Uploads = z
  .object({ uploads: z.array(z.object({ path: z.string(), url: z.string() })) })
  .meta({ id: 'Uploads' });

export const StartPipeline = z
  .object({ project: Name, parameters: z.record(z.string(), z.unknown()).default({}) })
  .meta({ id: 'StartPipeline' });
export const PipelineStarted = z.object({ runId: z.string() }).meta({ id: 'PipelineStarted' });
export const RunQuery = PageQuery.extend({ project: Name.optional(), pipeline: PipelineName.optional() });

export const PlatformHealth = z.object({
  status: z.enum(['healthy', 'degraded']),
  components: z.record(z.string(), z.string()),
});

export const pipelineRoutes = {
  applyProject: {
    method: 'POST',
    path: '/projects',
    summary: 'Store a version of a project and set its schedules',
    role: 'scientist',
    body: ApplyProject,
    reply: ProjectApplied,
  },
  listProjects: {
    method: 'GET',
    path: '/projects',
    summary: 'Newest version of every project',
    role: 'viewer',
    query: PageQuery,
    reply: pageOf(Project),
  },
  getProject: {
    method: 'GET',
    path: '/projects/{project}',
    summary: 'Newest version of a project',
    role: 'viewer',
    reply: ProjectVersion,
  },
  requestUploads: {
    method: 'POST',
    path: '/projects/{project}/uploads',
    summary: 'Addresses to upload raw files to',
    role: 'scientist',
    body: RequestUploads,
    reply: Uploads,
  },
  startPipeline: {
    method: 'POST',
    path: '/pipelines/{pipeline}/runs',
    summary: 'Start a pipeline',
    role: 'scientist',
    params: z.object({ pipeline: PipelineName }),
    body: StartPipeline,
    reply: PipelineStarted,
    status: 202,
  },
  listPipelineRuns: {
    method: 'GET',
    path: '/pipelines/runs',
    summary: 'Pipeline runs, newest first',
    role: 'viewer',
    query: RunQuery,
    reply: pageOf(PipelineRun),
  },
  getPipelineRun: {
    method: 'GET',
    path: '/pipelines/runs/{runId}',
    summary: 'One pipeline run with its stages',
    role: 'viewer',
    reply: PipelineRun,
  },
  health: { method: 'GET', path: '/health', summary: 'Is the platform well', reply: PlatformHealth },
} as const satisfies RouteTable;
