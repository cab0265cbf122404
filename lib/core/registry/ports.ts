import type { Page, PageQuery } from '#contracts/common.ts';
import type { ModelVersion, RegisteredModel, RegistryChange, Stage } from '#contracts/registry.ts';
import type { Clock, EventBus, Ids } from '../shared/ports.ts';

/** A model with what its invariants need. Every change of the model or of its versions grows the revision by one. */
export interface ModelRecord {
  readonly model: RegisteredModel;
  readonly revision: number;
  /** Versions that stand in Staging and Production. */
  readonly staged: Readonly<Record<'Staging' | 'Production', readonly number[]>>;
}

/** A version as stored: its aliases belong to the model. */
export type StoredVersion = Omit<ModelVersion, 'aliases'>;

/** One atomic step: all of it is written, or nothing. */
export interface RegistryCommit {
  readonly record: ModelRecord;
  /** 0 for a model that is not there yet. */
  readonly expectedRevision: number;
  readonly versions: readonly StoredVersion[];
  readonly changes: readonly RegistryChange[];
  /** Answered by findByKey from now on. */
  readonly key?: { readonly idempotencyKey: string; readonly version: number };
}

/** Registered models. Every read sees every write that was answered before it. */
export interface RegistryStore {
  find(name: string): Promise<ModelRecord | undefined>;
  findVersion(name: string, version: number): Promise<StoredVersion | undefined>;
  /** Version that was registered under a caller's key. */
  findByKey(name: string, idempotencyKey: string): Promise<number | undefined>;
  /** @throws REVISION_CONFLICT when someone was faster: read again and decide again. */
  commit(step: RegistryCommit): Promise<void>;
  /** By name. */
  listModels(page: PageQuery): Promise<Page<RegisteredModel>>;
  /** Newest first. */
  listVersions(name: string, page: PageQuery): Promise<Page<StoredVersion>>;
  /** Newest first. */
  listChanges(name: string, page: PageQuery): Promise<Page<RegistryChange>>;
}

export interface RegistryDeps {
  readonly registry: RegistryStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly events?: EventBus;
}

export type StagedIn = Extract<Stage, 'Staging' | 'Production'>;
