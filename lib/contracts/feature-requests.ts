import { z } from 'zod';
import { ColumnName, Instant, Name } from './common.ts';
import { FeatureValue } from './online.ts';

/** Features by name: view:feature or view__feature, a view alone for all of them, or a service. */
export const FeatureRefs = z.array(z.string().min(1).max(200)).min(1).max(500);

export const OnlineRequest = z
  .strictObject({
    project: Name.optional(),
    features: FeatureRefs.optional(),
    featureService: Name.optional(),
    /** Join key → its values, row by row. Fields for on-demand features stand beside them. */
    entities: z.record(ColumnName, z.array(FeatureValue).max(1_000)),
    fullFeatureNames: z.boolean().default(false),
    /** Sees every push that was answered before; costs twice a plain read. */
    consistent: z.boolean().default(false),
  })
  .refine((r) => (r.features === undefined) !== (r.featureService === undefined), 'needs features or featureService')
  .meta({ id: 'OnlineRequest' });
export type OnlineRequest = z.infer<typeof OnlineRequest>;

/** Feast's words. */
export const FeatureStatus = z.enum(['PRESENT', 'NOT_FOUND', 'NULL_VALUE', 'OUTSIDE_MAX_AGE']);
export type FeatureStatus = z.infer<typeof FeatureStatus>;

/** One column a feature, one entry an entity row, in the order of the request. */
export const OnlineReply = z
  .object({
    featureNames: z.array(z.string()),
    columns: z.array(
      z.object({
        values: z.array(FeatureValue),
        statuses: z.array(FeatureStatus),
        eventTimes: z.array(Instant.nullable()),
      }),
    ),
  })
  .meta({ id: 'OnlineReply' });
export type OnlineReply = z.infer<typeof OnlineReply>;

/** Rows of one push source, by column: join keys, features, event_timestamp; created_timestamp may be there. */
export const PushRequest = z
  .strictObject({
    project: Name.optional(),
    pushSource: Name,
    columns: z.record(ColumnName, z.array(FeatureValue).min(1).max(5_000)),
    to: z.enum(['online', 'offline', 'online_and_offline']).default('online'),
  })
  .meta({ id: 'PushRequest' });
export type PushRequest = z.infer<typeof PushRequest>;
export const PushReply = z
  .object({
    /** Rows of the request. */
    rows: z.int(),
    /** Rows that went online, those of every view counted. */
    written: z.int(),
    /** Rows left alone, since what is online is newer. */
    skippedOlder: z.int(),
    /** Rows of all views that are older than their view's ttl already: they are kept, but not served. */
    expired: z.int(),
    views: z.array(Name),
  })
  .meta({ id: 'PushReply' });
export type PushReply = z.infer<typeof PushReply>;

// Text, so that a time without a zone is refused as such and not as no time at all.
const moment = z.string().min(1).max(64);

export const MaterializeRequest = z
  .strictObject({
    project: Name.optional(),
    /** @default every online view of the project */
    featureViews: z.array(Name).max(50).optional(),
    /** With its zone: 2026-01-31T12:00:00Z, or an offset as +02:00. @default where the view's last materialization ended */
    start: moment.optional(),
    /** @default now */
    end: moment.optional(),
  })
  .meta({ id: 'MaterializeRequest' });
export type MaterializeRequest = z.infer<typeof MaterializeRequest>;
export const MaterializeStarted = z
  .object({ status: z.literal('started'), project: Name, featureViews: z.array(Name), runId: z.string() })
  .meta({ id: 'MaterializeStarted' });

/** How far a materialization has come. */
export const MaterializationProgress = z
  .object({
    runId: z.string(),
    status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
    shards: z.int(),
    shardsDone: z.int(),
    rows: z.int(),
    rowsDone: z.int(),
    written: z.int(),
    skippedOlder: z.int(),
    rowsPerSecond: z.number(),
  })
  .meta({ id: 'MaterializationProgress' });
export type MaterializationProgress = z.infer<typeof MaterializationProgress>;

/** A training set by time: for every row of the entity table the features as they were then. */
export const HistoricalRequest = z
  .strictObject({
    project: Name,
    features: FeatureRefs.optional(),
    featureService: Name.optional(),
    /** A data set of the project, or files below its raw prefix, with join keys and event_timestamp. */
    entities: z.union([
      z.strictObject({ datasetId: z.string() }),
      z.strictObject({ path: z.string().min(1).max(512) }),
    ]),
    timestampColumn: ColumnName.default('event_timestamp'),
    fullFeatureNames: z.boolean().default(false),
    /** Uses only what was known at the row's time, not only what was true. */
    asKnownAt: z.boolean().default(false),
  })
  .refine((r) => (r.features === undefined) !== (r.featureService === undefined), 'needs features or featureService')
  .meta({ id: 'HistoricalRequest' });
export type HistoricalRequest = z.infer<typeof HistoricalRequest>;
export const HistoricalStarted = z.object({ runId: z.string() }).meta({ id: 'HistoricalStarted' });
