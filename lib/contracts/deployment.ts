import { z } from 'zod';
import { ColumnName, EndpointName, Name, ofModel } from './common.ts';
import { Redaction } from './ledger.ts';
import { Explanations, Guards, OnTooLittleTraffic, Rollout } from './project.ts';
import { ModelVersion, VersionNumber } from './registry.ts';
import type { RouteTable } from './routes.ts';

/** A version that gets traffic. Weights of a deployment add up to 100. */
export const Variant = z.object({
  version: VersionNumber,
  weight: z.int().min(0).max(100),
  modelUri: z.string(),
  /** What the registry says of model.onnx; a task serves no other bytes. */
  onnxSha256: z.string().optional(),
  /**
   * SageMaker endpoint that answers instead of the fleet's own copy; serving.json still comes from modelUri. What may be
   * asked for is an `EndpointName`; what is stored must stay readable.
   */
  endpoint: z
    .string()
    .regex(/^[a-zA-Z0-9](?:-?[a-zA-Z0-9]){0,62}$/)
    .optional(),
});
export type Variant = z.infer<typeof Variant>;

/**
 * The document that the fleet follows: one a model, replaced as a whole, `revision` grows by one a write.
 * The stable variant comes first; a second one is the canary.
 */
export const Deployment = z.object({
  model: Name,
  project: Name,
  revision: z.int().positive(),
  phase: z.enum(['stable', 'canary', 'rolled-back']),
  variants: z.array(Variant).min(1).max(2),
  /** Request field that decides the variant: the same value always gets the same one. */
  stickyKey: z.string(),
  /** Online features come from this feature service: one item an entity. Empty where nothing is stored. */
  featureService: z.string(),
  /** Features a request may bring itself. @default every input of the model */
  requestFields: z.array(ColumnName).optional(),
  /** Whether every prediction is explained in the ledger, or those that ask. @default always */
  explanations: Explanations.optional(),
  /** What the ledger leaves out or hashes, and the key of the hashes: made once for a model, kept ever after. */
  redaction: Redaction.extend({ key: z.string().min(32) }).optional(),
  reason: z.string(),
  updatedAt: z.string(),
  updatedBy: z.string(),
});
export type Deployment = z.infer<typeof Deployment>;
/** A deployment as callers see it: whoever knows the key can try what a hash was made of. */
export const ShownDeployment = Deployment.extend({ redaction: z.object(Redaction.shape).optional() }).meta({
  id: 'Deployment',
});
export type ShownDeployment = z.infer<typeof ShownDeployment>;

/** What was measured for one version over a bake. */
export const VariantHealth = z.object({
  version: VersionNumber,
  requests: z.int().min(0),
  errors: z.int().min(0),
  /** Failed loads of the model on any task. */
  loadFailures: z.int().min(0),
  p95LatencyMs: z.number().min(0).nullable(),
});
export type VariantHealth = z.infer<typeof VariantHealth>;

export const GuardVerdict = z.object({
  guard: z.enum(['model-load', 'error-rate', 'p95-latency']),
  verdict: z.enum(['pass', 'fail', 'not-enough-data']),
  reason: z.string(),
});
export type GuardVerdict = z.infer<typeof GuardVerdict>;

/** State of a rollout between two states of the machine. */
export const RolloutState = z.object({
  model: Name,
  project: Name,
  version: VersionNumber,
  modelUri: z.string(),
  onnxSha256: z.string().optional(),
  requestFields: z.array(ColumnName).optional(),
  endpoint: Variant.shape.endpoint,
  explanations: Explanations.optional(),
  redaction: Redaction.optional(),
  /** Request field that decides the variant, as the project said when the rollout was planned. */
  stickyKey: z.string(),
  /** Who asked for the rollout. */
  by: z.string(),
  rollout: Rollout.extend({ guards: Guards, onTooLittleTraffic: OnTooLittleTraffic }),
  /** Index into rollout.steps that is being baked. */
  step: z.int().min(0),
  extraBakes: z.int().min(0),
  bakeStartedAt: z.string(),
  /** Wait before judging: the project's bake and the time that measurements take to arrive. */
  bakeSeconds: z.int().positive(),
});
export type RolloutState = z.infer<typeof RolloutState>;

export const RolloutMove = z.enum(['bake', 'shift', 'promote', 'rollback']);
export type RolloutMove = z.infer<typeof RolloutMove>;

export const DeployModel = z
  .object({
    model_name: Name,
    model_version: VersionNumber,
    environment: z.enum(['staging', 'production']).default('production'),
    /** SageMaker endpoint that runs the version: the fleet keeps features, ledger and rollout, and asks it. */
    endpoint: EndpointName.optional(),
  })
  .meta({ id: 'DeployModel' });
export type DeployModel = z.infer<typeof DeployModel>;
export const DeploymentInitiated = z
  .object({
    status: z.literal('deployment_initiated'),
    /** The rollout's pipeline run; null for staging, which moves no traffic and so starts none. */
    run_id: z.string().nullable(),
    model_name: Name,
    model_version: VersionNumber,
  })
  .meta({ id: 'DeploymentInitiated' });
export type DeploymentInitiated = z.infer<typeof DeploymentInitiated>;
export const RollbackModel = z
  .object({
    /** The same caller with the same reason, while the rollback is the newest change, means that one: it goes back once. */
    reason: z.string().min(1).max(1_000),
    /** Revision that the caller saw and takes back: it says which one to take back whatever the reason is. */
    revision: z.int().positive().optional(),
  })
  .meta({ id: 'RollbackModel' });

export const deploymentRoutes = {
  deployModel: {
    method: 'POST',
    path: '/models/deploy',
    summary: 'Roll a version out by canary',
    role: 'deployer',
    body: DeployModel,
    reply: DeploymentInitiated,
    status: 202,
  },
  getDeployment: {
    method: 'GET',
    path: '/deployments/{model}',
    summary: 'What serves a model now',
    role: 'viewer',
    params: ofModel,
    reply: ShownDeployment,
  },
  rollback: {
    method: 'POST',
    path: '/deployments/{model}/rollback',
    summary: 'Give all traffic back to the stable version',
    role: 'deployer',
    params: ofModel,
    body: RollbackModel,
    reply: ShownDeployment,
  },
  rollbackModel: {
    method: 'POST',
    path: '/models/{name}/rollback',
    summary: 'Go back to the version that was in Production before, with all traffic',
    role: 'deployer',
    body: RollbackModel,
    reply: ModelVersion,
  },
} as const satisfies RouteTable;
