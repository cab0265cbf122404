import type { Page, PageQuery } from '#contracts/common.ts';
import type { DriftReport } from '#contracts/monitoring.ts';
import type { DeploymentStore } from '#core/deployment/index.ts';
import type { DatasetDeps, TableEngine, ViewHealthStore } from '#core/features/index.ts';
import type { ProjectStore } from '#core/pipelines/index.ts';
import type { RegistryStore } from '#core/registry/index.ts';
import type { ObjectStore } from '#core/shared/index.ts';
import type { Documents } from '#core/training/index.ts';

/** Drift reports of projects, each as JSON and as a page. */
export interface ReportStore {
  find(project: string, reportId: string): Promise<DriftReport | undefined>;
  /** The page is there before the report is. */
  save(report: DriftReport, page: string): Promise<void>;
  /** s3:// address of the JSON. */
  uriOf(project: string, reportId: string): string;
  /** Newest first: ids sort by time. */
  list(project: string, page: PageQuery): Promise<Page<DriftReport>>;
  /** Address under which anyone may read the page for that long. */
  pageUrl(project: string, reportId: string, validSeconds: number): Promise<string>;
}

/** Where the numbers of a report go for dashboards and alarms. */
export interface DriftMetrics {
  /** @param at when the measured window ended */
  publish(report: DriftReport, at: Date): Promise<void>;
}

export interface RetrainRequest {
  readonly project: string;
  readonly modelVersion: number;
  /** The monitoring run that asks. */
  readonly execution: string;
  /** When that run began: a repeated step decides by the same moment. */
  readonly at: Date;
}

/** Remembers which model version's drift has started a training run. */
export interface RetrainLog {
  /**
   * True when this run may start one: no other run was let start one for the version in the `coolDownHours` before. Of
   * many at once one is let; the same run gets the same answer.
   */
  claim(request: RetrainRequest, coolDownHours: number): Promise<boolean>;
}

export interface CollectDeps {
  readonly projects: ProjectStore;
  readonly registry: RegistryStore;
  readonly deployments: DeploymentStore;
  /** The ledger bucket. */
  readonly ledger: ObjectStore;
  readonly datasets: DatasetDeps;
  readonly engine: TableEngine;
}

export interface MeasureDeps {
  readonly projects: ProjectStore;
  readonly registry: RegistryStore;
  /** Documents of the artifact bucket: serving.json lies beside the model. */
  readonly artifacts: Documents;
  readonly datasets: Pick<DatasetDeps, 'objects' | 'catalog' | 'digest' | 'clock'>;
  readonly engine: TableEngine;
  readonly reports: ReportStore;
  readonly health: Pick<ViewHealthStore, 'list'>;
  readonly metrics: DriftMetrics;
  readonly retrains: RetrainLog;
}
