import { z } from 'zod';
import { EndpointName, Instant, Name, ofProject, PageQuery, pageOf } from './common.ts';
import { HistoricalRequest } from './feature-requests.ts';
import { GitState, Project, ProjectVersion } from './project.ts';
import type { RouteTable } from './routes.ts';

export const PipelineName = z.enum([
  'data',
  'training',
  'deployment',
  'monitoring',
  'materialization',
  'historical',
  'scoring',
]);
export type PipelineName = z.infer<typeof PipelineName>;

/** Input of a pipeline's execution: what schedules, rules and callers send. Absent times mean "up to now". */
export const pipelineInputs = {
  data: z.object({ project: Name, start: Instant.optional(), end: Instant.optional() }),
  /** refreshData runs the data pipeline first; reproduce names a run whose model is made once more and compared. */
  training: z.object({
    project: Name,
    refreshData: z.boolean().default(false),
    reason: z.string().default('manual'),
    reproduce: z
      .string()
      .regex(/^[0-9a-f]{32}$/, 'is no id of a run')
      .optional(),
  }),
  deployment: z.object({
    project: Name,
    model: Name,
    version: z.int().positive(),
    by: z.string().default('pipeline'),
    endpoint: EndpointName.optional(),
  }),
  /** Without a start the window is the project's windowHours before the end. */
  monitoring: z.object({ project: Name, start: Instant.optional(), end: Instant.optional() }),
  /** Without views all online ones; without a start what came since the last time. */
  materialization: z.object({
    project: Name,
    featureViews: z.array(Name).max(50).optional(),
    start: Instant.optional(),
    end: Instant.optional(),
  }),
  historical: HistoricalRequest,
  /** Without a data set the newest features, without a version the one in production. */
  scoring: z.object({
    project: Name,
    datasetId: z.string().optional(),
    modelVersion: z.int().positive().optional(),
    explain: z.boolean().optional(),
  }),
} as const satisfies Record<PipelineName, z.ZodType>;

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
    /** How far the parts are that a run is made of, where it tells: parts that an earlier run did among them. */
    progress: z.object({ done: z.int(), of: z.int() }).optional(),
  })
  .meta({ id: 'PipelineRun' });
export type PipelineRun = z.infer<typeof PipelineRun>;

export const ApplyProject = z
  .object({
    /** Texts of project.yaml and of every file it names, by relative path. */
    files: z.record(z.string().max(512), z.string().max(1_000_000)),
    git: GitState.optional(),
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
    repeatable: true,
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
    params: ofProject,
    reply: ProjectVersion,
  },
  requestUploads: {
    method: 'POST',
    path: '/projects/{project}/uploads',
    summary: 'Addresses to upload raw files to',
    role: 'scientist',
    params: ofProject,
    body: RequestUploads,
    reply: Uploads,
    repeatable: true,
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
