import { z } from 'zod';
import { ColumnName, Name, Share } from './common.ts';
import { Entity, FeatureService, FeatureView, OnDemandView } from './feature-views.ts';
import { Redaction } from './ledger.ts';
import { Problem } from './problems.ts';
import { relative as fileName, Source } from './sources.ts';
import { Fairness, Gate, Training } from './training-options.ts';

const text = z.string().min(1).max(1_024);
export const Guards = z.strictObject({
  /** Share of requests that may fail. */
  maxErrorRate: Share.default(0.01),
  maxP95LatencyMs: z.number().positive().default(200),
  /** Below this many requests a guard says "not enough data". */
  minRequests: z.number().int().min(1).default(20),
});
export type Guards = z.infer<typeof Guards>;

export const OnTooLittleTraffic = z.enum(['proceed', 'rollback']);

export const Rollout = z.strictObject({
  /** Per cent of traffic, growing, 100 last. */
  steps: z
    .array(z.number().int().min(1).max(100))
    .min(1)
    .refine((s) => s.at(-1) === 100 && s.every((v, i) => i === 0 || v > (s[i - 1] ?? 0)), 'must grow and end with 100')
    .default([10, 50, 100]),
  bakeSeconds: z.number().int().min(1).max(604_800).default(300),
  /** How often a step is baked again while a guard has not enough data. */
  maxExtraBakes: z.number().int().min(0).max(100).default(2),
  /** @default rollback where a stable version serves, proceed for a first version */
  onTooLittleTraffic: OnTooLittleTraffic.optional(),
  guards: Guards.default({ maxErrorRate: 0.01, maxP95LatencyMs: 200, minRequests: 20 }),
});
export type Rollout = z.infer<typeof Rollout>;

/** always: every prediction is explained in the ledger; asked: those whose caller asks. */
export const Explanations = z.enum(['always', 'asked']);

export const Serving = z.strictObject({
  /** Join key a request must bring; its features come from the online store. */
  entityKey: ColumnName,
  /** Features a request may give itself; they win over stored ones. @default every feature */
  requestFields: z.array(ColumnName).optional(),
  /** Probability from which the positive class is answered. @default chosen in training */
  threshold: Share.optional(),
  /** @default always */
  explanations: Explanations.default('always'),
  /** Fields that the prediction ledger leaves out or hashes. */
  ledger: Redaction.optional(),
});

export const Monitoring = z.strictObject({
  windowHours: z.number().positive().max(720).default(24),
  minimumRows: z.number().int().min(10).default(100),
  /** A feature has drifted when its test's p-value is below this. */
  significance: z.number().gt(0).lt(1).default(0.05),
  /** Smallest effect that counts as drift (KS distance, Cramér's V, difference of shares), so that size alone never alarms. */
  minimumEffect: Share.default(0.1),
  warningShare: Share.default(0.15),
  severeShare: Share.default(0.2),
  /** Severe drift starts a training run. */
  retrain: z.boolean().default(true),
});
export type Monitoring = z.infer<typeof Monitoring>;

const scheduleExpression = z.string().regex(/^(cron|rate|at)\(.+\)$/, 'must be cron(…), rate(…) or at(…), in UTC');
/** Batch scoring. */
export const Scoring = z.strictObject({
  /** Adds the explanation of every prediction. */
  explain: z.boolean().default(false),
  /** Where shards are scored; auto goes by what there is to read, and takes tasks for explanations. */
  compute: z.enum(['auto', 'lambda', 'fargate']).default('auto'),
  /** What one function or task scores, and what is scored again after it died. */
  rowsAShard: z.int().min(1).max(1_000_000).default(50_000),
});

export const Schedules = z.strictObject({
  data: scheduleExpression.default('cron(0 2 * * ? *)'),
  training: scheduleExpression.default('cron(0 3 ? * SUN *)'),
  monitoring: scheduleExpression.default('rate(1 hour)'),
  /** Batch scoring of the whole population; false for a project that wants none. */
  scoring: z.union([scheduleExpression, z.literal(false)]).default('cron(0 5 * * ? *)'),
});
export type Schedules = z.infer<typeof Schedules>;

/** project.yaml: everything a data scientist says about one prediction problem. */
export const Project = z
  .strictObject({
    name: Name,
    description: text.optional(),
    sources: z.record(Name, Source).refine((s) => Object.keys(s).length > 0, 'needs at least one source'),
    dataset: z.strictObject({
      /** SQL file over the sources, with $start and $end (timestamps) bound. One row an entity. */
      sql: fileName,
      /** Days before the end that a run covers when it is not told a start. */
      windowDays: z.number().int().positive().max(3_650).default(30),
      /** Where the heavy steps run; auto goes by the bytes that there are to read. */
      compute: z.enum(['auto', 'lambda', 'fargate', 'athena']).default('auto'),
    }),
    /** Great Expectations suite (JSON) that the data set must meet. */
    expectations: fileName,
    features: z.strictObject({
      /** SQL file over the validated table `dataset`; gives join key, features and label. */
      sql: fileName,
    }),
    entities: z.array(Entity).min(1),
    featureViews: z.array(FeatureView).min(1),
    onDemandViews: z.array(OnDemandView).default([]),
    /** @default one named as the project: every online view of the entity that is served */
    featureServices: z.array(FeatureService).default([]),
    /** `positive` is the value of it that counts as positive, where it has two. */
    label: z.strictObject({ name: ColumnName, positive: z.union([z.string(), z.number()]).default(1) }),
    problem: Problem.default('binary-classification'),
    training: Training.prefault({}),
    /** @default not worse than production; for a binary label roc_auc of at least 0.85, for a number r2 of at least 0 */
    gate: z.array(Gate).optional(),
    /** Binary classification. */
    fairness: Fairness.optional(),
    serving: Serving,
    rollout: Rollout.prefault({}),
    monitoring: Monitoring.prefault({}),
    scoring: Scoring.prefault({}),
    /** False keeps the project's pipelines from starting by themselves. */
    schedules: z.union([Schedules, z.literal(false)]).prefault({}),
  })
  .meta({ id: 'Project' });
export type Project = z.infer<typeof Project>;

/** Where a project's folder stood in git when it was applied: with it a run can be repeated from the repository. */
export const GitState = z.object({
  commit: z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/),
  branch: z.string().max(250).optional(),
  /** Without user and password. */
  repositoryUrl: z.string().max(2_000).optional(),
  /** Whether the folder differed from the commit. */
  isDirty: z.boolean(),
  /** The difference as git writes it, cut where it is longer. */
  diff: z.string().max(50_000).optional(),
});
export type GitState = z.infer<typeof GitState>;

/** An applied project: immutable, numbered without gaps. Files are the texts of project.yaml, SQL and suites by path. */
export const ProjectVersion = z
  .object({
    project: Project,
    version: z.int().positive(),
    /** sha256 over the files; applying the same files again answers the same version. */
    contentSha256: z.string(),
    files: z.record(z.string(), z.string()),
    appliedAt: z.string(),
    appliedBy: z.string(),
    /** Of the first time that these files were applied. */
    git: GitState.optional(),
  })
  .meta({ id: 'ProjectVersion' });
export type ProjectVersion = z.infer<typeof ProjectVersion>;
