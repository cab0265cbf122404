import type { FeatureViewVersion } from '#contracts/features.ts';
import type { DataDeps } from '../ingest.ts';

export interface ViewRowsRequest {
  readonly version: FeatureViewVersion;
  /** Of the view that is made. */
  readonly name: string;
  /** Rows whose event_timestamp is earlier are left out. */
  readonly from?: Date | undefined;
  /** Rows whose event_timestamp is later are left out. */
  readonly to?: Date | undefined;
  /** Only rows of source files and pushes that were stored since then; rows of data sets are left out. @default all rows */
  readonly storedSince?: Date | undefined;
}

/** What rows of views are read with; a folder on one's own machine has no catalog. */
export type OfflineDeps = Pick<DataDeps, 'objects' | 'catalog' | 'databases'>;
