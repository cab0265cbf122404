import type { ViewHealth } from '#contracts/features.ts';
import type { ColumnDrift } from '#contracts/monitoring.ts';
import type {
  DatasetDeps,
  FeatureCatalog,
  LookupMetrics,
  OfflineDeps,
  TableEngine,
  ViewHealthStore,
  Watermarks,
} from '#core/features/index.ts';
import type { ProjectStore } from '#core/pipelines/index.ts';
import type { RegistryStore } from '#core/registry/index.ts';

/** A view's health with the numbers behind it. */
export interface MeasuredView {
  readonly health: ViewHealth;
  /** Of features that were held against a reference now. */
  readonly drift: readonly ColumnDrift[];
  /** Look-ups since the last measure. */
  readonly lookups: number;
  /** 0: values hold for ever. */
  readonly ttlSeconds: number;
}

/** Where the numbers go for dashboards and alarms. */
export interface ViewMetrics {
  publish(views: readonly MeasuredView[], at: Date): Promise<void>;
}

export interface MeasureViewsDeps {
  readonly projects: ProjectStore;
  readonly registry: RegistryStore;
  readonly definitions: FeatureCatalog;
  readonly watermarks: Pick<Watermarks, 'get'>;
  readonly lookups: Pick<LookupMetrics, 'sums'>;
  readonly health: ViewHealthStore;
  readonly metrics: ViewMetrics;
  readonly datasets: Pick<DatasetDeps, 'objects' | 'catalog' | 'clock'> & OfflineDeps;
  readonly engine: TableEngine;
}
