import { z } from 'zod';
import { Instant } from './common.ts';

export const VersionNumber = z.int().positive();

export const ChangeKind = z.enum([
  'created',
  'renamed',
  'deleted',
  'registered',
  'version-deleted',
  'stage',
  'rollback',
  'alias',
  'tag',
  'description',
  'deployment',
]);
export type ChangeKind = z.infer<typeof ChangeKind>;

/**
 * Immutable record of a change: who, when, why, from, to. Each carries the hash of the one before, so that none can be
 * altered, left out, added or moved unseen.
 */
export const RegistryChange = z
  .object({
    /** As the model was called after the change. */
    name: z.string(),
    /** The model, whatever it is called. */
    modelKey: z.string(),
    /** 1, 2, 3… a model. */
    sequence: z.int().positive(),
    kind: ChangeKind,
    /** Absent for what concerns the model as a whole. */
    version: VersionNumber.optional(),
    /** Alias or tag that changed. */
    key: z.string().optional(),
    from: z.string(),
    to: z.string(),
    reason: z.string(),
    by: z.string(),
    /** Never before that of the record before. */
    atMs: z.int(),
    /** What else is worth knowing once the version is gone: source, run, data sets, traffic. */
    facts: z.record(z.string(), z.string()).optional(),
    /** '' for the first. */
    previousHash: z.string(),
    /** sha256 of the record's canonical JSON without this field. */
    hash: z.string(),
  })
  .meta({ id: 'RegistryChange' });
export type RegistryChange = z.infer<typeof RegistryChange>;

/** Which version was in Production at a moment: of several the one that came there last; null for none. */
export const ProductionAt = z
  .object({
    name: z.string(),
    at: Instant,
    version: VersionNumber.nullable(),
    /** The record that put it there. */
    since: RegistryChange.nullable(),
    /** What was told when it was registered; it outlives the version. */
    registered: RegistryChange.nullable(),
  })
  .meta({ id: 'ProductionAt' });
export type ProductionAt = z.infer<typeof ProductionAt>;

export const HistoryProblem = z
  .object({
    modelKey: z.string(),
    /** Where in the history; null when it concerns what stands now. */
    sequence: z.int().nullable(),
    kind: z.enum(['altered', 'missing', 'reordered', 'inserted', 'truncated', 'state']),
    message: z.string(),
  })
  .meta({ id: 'HistoryProblem' });
export type HistoryProblem = z.infer<typeof HistoryProblem>;

/** Whether what is stored is what was written. */
export const AuditReport = z
  .object({
    name: z.string(),
    verified: z.boolean(),
    /** How many records were checked, of every model that bore the name. */
    records: z.int().min(0),
    /** Hash of the newest record: note it elsewhere, and nobody can rewrite the history up to it. */
    head: z.string(),
    problems: z.array(HistoryProblem),
  })
  .meta({ id: 'AuditReport' });
export type AuditReport = z.infer<typeof AuditReport>;

/** A name whose histories an audit verifies. */
export const AuditedName = z
  .object({
    name: z.string(),
    /** False when only deleted models bore it. */
    live: z.boolean(),
  })
  .meta({ id: 'AuditedName' });
export type AuditedName = z.infer<typeof AuditedName>;
