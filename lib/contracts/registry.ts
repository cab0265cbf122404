import { z } from 'zod';
import { GivenTags, Name, PageQuery, pageOf } from './common.ts';
import type { RouteTable } from './routes.ts';

/** MLflow's stages; at most one version of a model is in Production when archiving is asked. */
export const Stage = z.enum(['None', 'Staging', 'Production', 'Archived']);
export type Stage = z.infer<typeof Stage>;
const tags = z.record(z.string(), z.string());
export const VersionNumber = z.int().positive();

export const ModelVersion = z
  .object({
    name: z.string(),
    version: VersionNumber,
    stage: Stage,
    /** s3://…/model/ with model.onnx and serving.json. */
    source: z.string(),
    runId: z.string().optional(),
    status: z.enum(['PENDING_REGISTRATION', 'READY', 'FAILED_REGISTRATION']),
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
    name: z.string().min(1).max(250),
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

/** Immutable record of a change: who, when, why, from, to. */
export const RegistryChange = z
  .object({
    name: z.string(),
    version: VersionNumber,
    kind: z.enum(['registered', 'stage', 'alias', 'tag', 'description']),
    from: z.string(),
    to: z.string(),
    reason: z.string(),
    by: z.string(),
    atMs: z.int(),
  })
  .meta({ id: 'RegistryChange' });
export type RegistryChange = z.infer<typeof RegistryChange>;

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
} as const satisfies RouteTable;
