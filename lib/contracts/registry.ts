import { z } from 'zod';
import { GivenTags, Instant, Name, PageQuery, pageOf } from './common.ts';
import { AuditedName, AuditReport, ProductionAt, RegistryChange, VersionNumber } from './registry-history.ts';
import type { RouteTable } from './routes.ts';

export * from './registry-history.ts';

/** MLflow's stages; at most one version of a model is in Production when archiving is asked. */
export const Stage = z.enum(['None', 'Staging', 'Production', 'Archived']);
export type Stage = z.infer<typeof Stage>;
const tags = z.record(z.string(), z.string());

export const ModelVersion = z
  .object({
    name: z.string(),
    version: VersionNumber,
    stage: Stage,
    /** s3://…/model/ with model.onnx and serving.json. */
    source: z.string(),
    /** Where the files lie, when `source` only names a logged model or another version. */
    storageLocation: z.string().optional(),
    runId: z.string().optional(),
    /** The logged model that was registered, m-…. */
    modelId: z.string().optional(),
    /** Address of the run for people, when it lies in another tracking server. */
    runLink: z.string().optional(),
    status: z.enum(['PENDING_REGISTRATION', 'READY', 'FAILED_REGISTRATION']),
    statusMessage: z.string().optional(),
    description: z.string().default(''),
    tags,
    aliases: z.array(z.string()),
    creationTimeMs: z.int(),
    lastUpdateTimeMs: z.int(),
    userId: z.string(),
  })
  .meta({ id: 'ModelVersion' });
export type ModelVersion = z.infer<typeof ModelVersion>;

export const RegisteredModel = z
  .object({
    name: z.string().min(1).max(255),
    description: z.string().default(''),
    tags,
    creationTimeMs: z.int(),
    lastUpdateTimeMs: z.int(),
    /** Newest version number ever given; numbers are never reused. */
    lastVersion: z.int().min(0),
    aliases: z.record(z.string(), VersionNumber),
  })
  .meta({ id: 'RegisteredModel' });
export type RegisteredModel = z.infer<typeof RegisteredModel>;

export const RegisterModel = z
  .object({
    run_id: z.string(),
    name: Name,
    description: z.string().max(5_000).default(''),
    tags: GivenTags.default({}),
  })
  .meta({ id: 'RegisterModel' });
export const ModelRegistered = z
  .object({ name: z.string(), version: VersionNumber, status: z.literal('registered'), stage: Stage })
  .meta({ id: 'ModelRegistered' });
export const TransitionStage = z
  .object({ stage: Stage, archiveExisting: z.boolean().default(true), reason: z.string().max(1_000).default('') })
  .meta({ id: 'TransitionStage' });
export const SetAlias = z
  .object({ version: VersionNumber, reason: z.string().max(1_000).default('') })
  .meta({ id: 'SetAlias' });

const VersionPath = z.object({ version: z.coerce.number().int().positive() });

export const registryRoutes = {
  registerModel: {
    method: 'POST',
    path: '/models/register',
    summary: "Register a run's model as a new version",
    role: 'scientist',
    body: RegisterModel,
    reply: ModelRegistered,
    status: 201,
  },
  listModels: {
    method: 'GET',
    path: '/models',
    summary: 'List registered models',
    role: 'viewer',
    query: PageQuery,
    reply: pageOf(RegisteredModel),
  },
  getModel: {
    method: 'GET',
    path: '/models/{name}',
    summary: 'One registered model',
    role: 'viewer',
    reply: RegisteredModel,
  },
  listVersions: {
    method: 'GET',
    path: '/models/{name}/versions',
    summary: 'Versions of a model, newest first',
    role: 'viewer',
    query: PageQuery,
    reply: pageOf(ModelVersion),
  },
  getVersion: {
    method: 'GET',
    path: '/models/{name}/versions/{version}',
    summary: 'One model version',
    role: 'viewer',
    params: VersionPath,
    reply: ModelVersion,
  },
  transitionStage: {
    method: 'POST',
    path: '/models/{name}/versions/{version}/stage',
    summary: 'Move a version to another stage',
    role: 'deployer',
    params: VersionPath,
    body: TransitionStage,
    reply: ModelVersion,
    repeatable: true,
  },
  listChanges: {
    method: 'GET',
    path: '/models/{name}/history',
    summary: 'Who changed what, when and why',
    role: 'viewer',
    query: PageQuery,
    reply: pageOf(RegistryChange),
  },
  productionAt: {
    method: 'GET',
    path: '/models/{name}/at',
    summary: 'Which version was in Production at a moment',
    role: 'viewer',
    query: z.object({ time: Instant }),
    reply: ProductionAt,
  },
  auditModel: {
    method: 'GET',
    path: '/models/{name}/audit',
    summary: 'Whether the history is as it was written',
    role: 'viewer',
    /** head: one that an earlier report gave; that history must still be in this one. */
    query: z.object({ head: z.string().max(64).optional() }),
    reply: AuditReport,
  },
  listAudited: {
    method: 'GET',
    path: '/audit/models',
    summary: 'Names whose histories can be verified, those of deleted models too',
    role: 'viewer',
    query: PageQuery,
    reply: pageOf(AuditedName),
  },
  getVersionByAlias: {
    method: 'GET',
    path: '/models/{name}/aliases/{alias}',
    summary: 'The version that an alias names',
    role: 'viewer',
    reply: ModelVersion,
  },
  setAlias: {
    method: 'PUT',
    path: '/models/{name}/aliases/{alias}',
    summary: 'Let an alias name a version',
    role: 'deployer',
    body: SetAlias,
    reply: ModelVersion,
    repeatable: true,
  },
  deleteAlias: {
    method: 'DELETE',
    path: '/models/{name}/aliases/{alias}',
    summary: 'Take an alias away',
    role: 'deployer',
    query: z.object({ reason: z.string().max(1_000).optional() }),
    reply: RegisteredModel,
    repeatable: true,
  },
} as const satisfies RouteTable;
