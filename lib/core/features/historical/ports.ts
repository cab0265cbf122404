import type { PipelineEngine } from '../../pipelines/index.ts';
import type { Ids } from '../../shared/ports.ts';
import type { DatasetDeps } from '../datasets.ts';
import type { DatasetCatalog, FeatureCatalog, SourceDatabases, TableEngine } from '../ports.ts';

/** What the step of the historical pipeline works with. */
export interface HistoricalDeps extends DatasetDeps {
  /** Definitions of features; `catalog` is that of data sets. */
  readonly definitions: FeatureCatalog;
  readonly engine: TableEngine;
  /** @default - no database can be read */
  readonly databases?: SourceDatabases | undefined;
}

/** What starting one needs. */
export interface StartHistoricalDeps {
  readonly definitions: FeatureCatalog;
  readonly datasets: DatasetCatalog;
  readonly pipelines: PipelineEngine;
  readonly ids: Ids;
}
