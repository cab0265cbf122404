import { z } from 'zod';
import { Instant, Name, Share } from './common.ts';
import { Explanation } from './explanations.ts';
import { FeatureValue } from './online.ts';
import type { RouteTable } from './routes.ts';
import { step } from './step.ts';

/** One line of the prediction ledger (JSON lines in S3): written before the answer leaves, at least once. */
export const LedgerRecord = z
  .object({
    prediction_id: z.string(),
    time: Instant,
    caller: z.string(),
    request_id: z.string(),
    model_name: z.string(),
    model_version: z.string(),
    variant: z.string(),
    /** Hashed where the project says so. */
    entity_id: z.string(),
    /** All that the model saw, by feature; what the project leaves out is not there, what it hashes is a text. */
    inputs: z.record(z.string(), FeatureValue),
    /** Names of the inputs that the request brought; the others were stored or computed. */
    brought: z.array(z.string()).optional(),
    prediction: z.union([z.string(), z.number()]),
    probability: z.number().optional(),
    /** Of each of several classes. */
    probabilities: z.record(z.string(), Share).optional(),
    latency_ms: z.number(),
    /** Absent of models that training left nothing to explain with, and where the project explains only when asked. */
    explanation: Explanation.omit({ others: true }).optional(),
  })
  .meta({ id: 'LedgerRecord' });
export type LedgerRecord = z.infer<typeof LedgerRecord>;

const hourOf = (at: string): string => at.slice(0, 'yyyy-MM-ddTHH'.length);

/** Keys below the ledger bucket. `at` is ISO 8601 in UTC; an hour is the one in which a record arrived. */
export const ledgerKeys = {
  /** Lines as they came: what Firehose writes. */
  lines: (at: string) => `ledger/${hourOf(at).replace('T', '-').replaceAll('-', '/')}/`,
  /** The same as Parquet, each prediction once. */
  parquet: (model: string, at: string, part = '') =>
    `predictions/model=${model}/hour=${hourOf(at).replace('T', '-')}/${part}`,
  /** What an hour was compacted from and into: JSON, written last. */
  compacted: (at: string) => `predictions-compacted/${hourOf(at).replace('T', '-')}.json`,
  labels: (model: string, at: string, file = '') =>
    `labels/model=${model}/hour=${hourOf(at).replace('T', '-')}/${file}`,
} as const;

/** What became of an hour's lines: the marker of a compacted hour. */
export const CompactedHour = z.object({
  /** yyyy-MM-ddTHH, UTC. */
  hour: z.string(),
  objects: z.int(),
  /** Names the lines that it was made from: more of them make it again. */
  sourceSha256: z.string(),
  rows: z.int(),
  /** Lines that are no records. */
  refused: z.int(),
  /** Delivered more than once. */
  repeated: z.int(),
  /** Rows by model. */
  models: z.record(z.string(), z.int()),
  compactedAt: Instant,
});
export type CompactedHour = z.infer<typeof CompactedHour>;

/** How a record is kept apart from who it is about. */
export const Redaction = z.strictObject({
  /** Fields that are not written. */
  omit: z.array(z.string()).default([]),
  /** Fields of which a keyed hash is written: the same value gives the same text. */
  hash: z.array(z.string()).default([]),
});
export type Redaction = z.infer<typeof Redaction>;

/**
 * What became of a prediction: named by its id, or by entity and time, which mean the newest prediction for the entity
 * at or before then.
 */
export const Label = z
  .strictObject({
    prediction_id: z.string().min(1).max(64).optional(),
    entity_id: z
      .union([z.string().min(1).max(512), z.number()], 'must be a text of 1 to 512 characters, or a number')
      .optional(),
    time: Instant.optional(),
    /** Name of the class that came true, or the number. */
    label: z.union(
      [z.string().max(256), z.number(), z.boolean()],
      'must be the name of a class (a text of at most 256 characters), a number, true or false',
    ),
  })
  .refine(
    ({ prediction_id, entity_id, time }) =>
      prediction_id === undefined
        ? entity_id !== undefined && time !== undefined
        : entity_id === undefined && time === undefined,
    'must name either prediction_id, or entity_id and time',
  )
  .meta({ id: 'Label' });
export type Label = z.infer<typeof Label>;
export const MOST_LABELS = 1_000;
export const PostLabels = z
  .strictObject({
    model: Name,
    labels: z
      .array(Label)
      .min(1, 'must be one label at least')
      .max(MOST_LABELS, `must be ${MOST_LABELS} labels at most; send them in several requests`),
  })
  .meta({ id: 'PostLabels' });
export type PostLabels = z.infer<typeof PostLabels>;
/** A label as it is kept: a line of JSON. Of several for one prediction the newest counts. */
export const StoredLabel = Label.safeExtend({ received_at: Instant, by: z.string() });
export type StoredLabel = z.infer<typeof StoredLabel>;
export const LabelsAccepted = z.object({ accepted: z.int(), model: Name }).meta({ id: 'LabelsAccepted' });
export type LabelsAccepted = z.infer<typeof LabelsAccepted>;

/** How many predictions of a window have a label by now. */
export const LabelCoverage = z
  .object({
    model: Name,
    start: Instant,
    end: Instant,
    predictions: z.int(),
    labelled: z.int(),
    /** Labels that name no prediction of the window. */
    unmatched: z.int(),
    coverage: Share.nullable(),
    /** From prediction to label. */
    medianLagSeconds: z.number().nullable(),
  })
  .meta({ id: 'LabelCoverage' });
export type LabelCoverage = z.infer<typeof LabelCoverage>;
export const WindowQuery = z.object({ start: Instant.optional(), end: Instant.optional() });

export const labelRoutes = {
  postLabels: {
    method: 'POST',
    path: '/labels',
    summary: 'Say what became of predictions',
    role: 'scientist',
    body: PostLabels,
    reply: LabelsAccepted,
    status: 202,
    repeatable: true,
  },
  getLabelCoverage: {
    method: 'GET',
    path: '/models/{name}/labels',
    summary: 'How many predictions have a label',
    role: 'viewer',
    query: WindowQuery,
    reply: LabelCoverage,
  },
} as const satisfies RouteTable;

/** Started by the clock: what the event says does not matter. */
export const ledgerSteps = {
  compact: step(z.looseObject({}), z.object({ hours: z.array(CompactedHour), isBehind: z.boolean() })),
} as const;
