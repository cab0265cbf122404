import type { DatasetCatalog, DatasetDeps, TableEngine } from '#core/features/index.ts';
import type { ProjectStore } from '#core/pipelines/index.ts';
import type { ReadingDeps, RegistryDeps } from '#core/registry/index.ts';
import type { ModelRuntime } from '#core/serving/index.ts';
import type { Digest } from '#core/shared/index.ts';
import type { TrackingDeps } from '#core/tracking/index.ts';
import type { ReportArchive } from '#core/validation/index.ts';

/** Small JSON documents by s3:// address: job specs, results, verdicts. */
export interface Documents {
  /** Undefined when nobody wrote it. @throws SyntaxError when it is not JSON */
  read(uri: string): Promise<unknown>;
  write(uri: string, content: unknown): Promise<void>;
}

/** Whole files by s3:// address. */
export interface ArtifactFiles {
  /** Undefined when nobody wrote it. */
  read(uri: string): Promise<Uint8Array | undefined>;
  write(uri: string, body: string, contentType: string): Promise<void>;
}

/** UTF-8 text out of gzip. @throws when it is none */
export type Gunzip = (bytes: Uint8Array) => Promise<string>;

/** Runs of a training and what they left. */
export interface RunDeps {
  readonly tracking: TrackingDeps;
  readonly documents: Documents;
  readonly digest: Digest;
}

/** What the steps after preparation need. */
export interface TrainingDeps extends RunDeps {
  readonly projects: ProjectStore;
}

export interface PrepareDeps extends TrainingDeps {
  readonly datasets: DatasetDeps;
  readonly engine: TableEngine;
  /** Where the report of the features' contract is kept. */
  readonly reports: ReportArchive;
  /** Says which version is in production. */
  readonly registry: ReadingDeps;
}

export interface GateDeps extends TrainingDeps {
  readonly files: ArtifactFiles;
  readonly gunzip: Gunzip;
  /** The very one that serves. */
  readonly runtime: ModelRuntime;
}

export interface RegisterDeps extends TrainingDeps {
  readonly registry: RegistryDeps;
  readonly files: ArtifactFiles;
  readonly catalog: DatasetCatalog;
}
