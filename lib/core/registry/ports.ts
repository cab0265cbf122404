import type { Page, PageQuery } from '#contracts/common.ts';
import type { ModelVersion, RegisteredModel, RegistryChange, Stage } from '#contracts/registry.ts';
import type { Clock, Digest, EventBus, Ids } from '../shared/ports.ts';

/** Where a model's history ends: kept beside the model, so that records cut off its end are missed. */
export interface HistoryHead {
  /** 0 before the first record. */
  readonly sequence: number;
  readonly hash: string;
  readonly atMs: number;
}

/** A model with what its invariants need. */
export interface ModelRecord {
  /** Names change and are given again; versions and history hang on this. */
  readonly modelKey: string;
  readonly model: RegisteredModel;
  /** Live versions by stage. */
  readonly staged: Readonly<Record<Stage, readonly number[]>>;
  readonly head: HistoryHead;
  /** When it got its present name. */
  readonly namedAtMs: number;
  /** The newest revision of its deployment that the history holds, and the versions that get traffic by it. */
  readonly deployment?: { readonly revision: number; readonly versions: readonly number[] };
}

/** A model that bore a name earlier. */
export interface FormerModel {
  readonly modelKey: string;
  readonly fromMs: number;
  /** Exclusive. */
  readonly untilMs: number;
  /** What it was called afterwards; absent when it was deleted. */
  readonly renamedTo?: string;
  /** Where its history ended; absent when it went on under another name. */
  readonly head?: HistoryHead;
}

/** A name and the models that bore it. Every change of the model or of its versions grows the revision by one. */
export interface NameRecord {
  readonly revision: number;
  readonly live?: ModelRecord;
  /** Oldest first. */
  readonly past: readonly FormerModel[];
}

/** A version as stored: its name and aliases belong to the model. */
export type StoredVersion = Omit<ModelVersion, 'aliases' | 'name'>;

export interface NameWrite {
  readonly name: string;
  readonly record: NameRecord;
  /** 0 for a name that nobody bore yet. */
  readonly expectedRevision: number;
}

/** One atomic step: all of it is written, or nothing. */
export interface RegistryCommit {
  readonly modelKey: string;
  /** One; two when a model changes its name. */
  readonly names: readonly NameWrite[];
  readonly versions: readonly StoredVersion[];
  /** Versions that are no longer there. Their numbers are not given again. */
  readonly deletedVersions?: readonly number[];
  /** Never written over. */
  readonly changes: readonly RegistryChange[];
  /** Answered by findByKey from now on. */
  readonly key?: { readonly idempotencyKey: string; readonly version: number };
}

/** A stored record and where it lies, whatever somebody made of it. */
export interface StoredChange {
  /** By its key: a sequence; NaN when somebody put it by hand where no record lies. */
  readonly position: number;
  readonly content: unknown;
}

/** Registered models. Every read sees every write that was answered before it. */
export interface RegistryStore {
  findName(name: string): Promise<NameRecord | undefined>;
  findVersion(modelKey: string, version: number): Promise<StoredVersion | undefined>;
  /** Those that are there, in no order. */
  findVersions(wanted: readonly { modelKey: string; version: number }[]): Promise<FoundVersion[]>;
  /** Version that was registered under a caller's key. */
  findByKey(modelKey: string, idempotencyKey: string): Promise<number | undefined>;
  /** @throws REVISION_CONFLICT when someone was faster: read again and decide again. */
  commit(step: RegistryCommit): Promise<void>;
  /** Names that a model bears or bore, in their order. */
  listNames(page: PageQuery): Promise<Page<{ name: string; record: NameRecord }>>;
  /** Models that are there, by name. */
  listModels(page: PageQuery): Promise<Page<ModelRecord>>;
  /** Newest first. */
  listVersions(modelKey: string, page: PageQuery): Promise<Page<StoredVersion>>;
  /** Versions that were made of a run, by the name that their model had then. */
  versionsOfRun(runId: string): Promise<{ name: string; modelKey: string; version: number }[]>;
  /** Newest first; only records that lie where they belong. */
  listChanges(modelKey: string, page: PageQuery): Promise<Page<RegistryChange>>;
  /** Everything that lies in a model's history, in the order of its keys, as it is. */
  readHistory(modelKey: string): Promise<StoredChange[]>;
}
export interface FoundVersion {
  readonly modelKey: string;
  readonly version: StoredVersion;
}

export interface RegistryDeps {
  readonly registry: RegistryStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly digest: Digest;
  readonly events?: EventBus;
}
export type ReadingDeps = Pick<RegistryDeps, 'registry'>;

/** Who changes what, and why. */
export interface ChangeOf {
  readonly name: string;
  readonly by: string;
  readonly reason?: string | undefined;
}
