import type { DatasetDeps, TableEngine } from '#core/features/index.ts';
import type { ProjectStore } from '#core/pipelines/index.ts';
import type { RegistryDeps } from '#core/registry/index.ts';
import type { Digest } from '#core/shared/index.ts';
import type { TrackingDeps } from '#core/tracking/index.ts';
import type { ReportArchive } from '#core/validation/index.ts';

/** Small JSON documents by s3:// address: job specs, results, verdicts. */
export interface Documents {
  /** Undefined when nobody wrote it. @throws SyntaxError when it is not JSON */
  read(uri: string): Promise<unknown>;
  write(uri: string, content: unknown): Promise<void>;
}

/** What the steps after preparation need. */
export interface TrainingDeps {
  readonly projects: ProjectStore;
  readonly tracking: TrackingDeps;
  readonly documents: Documents;
  readonly digest: Digest;
}

export interface PrepareDeps extends TrainingDeps {
  readonly datasets: DatasetDeps;
  readonly engine: TableEngine;
  /** Where the report of the features' contract is kept. */
  readonly reports: ReportArchive;
}

export interface RegisterDeps extends TrainingDeps {
  readonly registry: RegistryDeps;
}
