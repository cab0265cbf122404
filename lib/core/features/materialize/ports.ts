import type { PipelineEngine } from '../../pipelines/index.ts';
import type { EventBus, Ids } from '../../shared/ports.ts';
import type { DatasetDeps } from '../datasets.ts';
import type { FeatureCatalog, OnlineTable, SourceDatabases, TableEngine, Watermarks } from '../ports.ts';

/** One time that the rows of a data set are brought online. */
export interface PlanRef {
  readonly project: string;
  readonly datasetId: string;
  /** 1, 2, 3…: the same rows may be brought online again, after a table was lost say. */
  readonly attempt: number;
}

/** A plan that an execution works on. */
export interface RunPlan extends PlanRef {
  readonly execution: string;
  readonly shards: number;
  readonly rows: number;
  readonly plannedAt: string;
}

/** The plan made last for a set of views. */
export interface CurrentPlan extends Pick<PlanRef, 'datasetId' | 'attempt'> {
  readonly isFinished: boolean;
}

/** What became of a shard whose rows are all online. rows = written + skippedOlder + expired. */
export interface ShardDone {
  readonly shard: number;
  readonly rows: number;
  readonly entities: number;
  readonly written: number;
  /** Left alone because the table had newer values. */
  readonly skippedOlder: number;
  /** Out of their ttl by the time they would have been written. */
  readonly expired: number;
  readonly seconds: number;
  readonly doneAt: string;
}

/** How far materializations have come. */
export interface MaterializationLog {
  /** `views` is any text that stands for the set of views. */
  current(project: string, views: string): Promise<CurrentPlan | undefined>;
  saveCurrent(project: string, views: string, plan: CurrentPlan): Promise<void>;
  shard(plan: PlanRef, shard: number): Promise<ShardDone | undefined>;
  /** By number. */
  shards(plan: PlanRef): Promise<readonly ShardDone[]>;
  saveShard(plan: PlanRef, done: ShardDone): Promise<void>;
  /** The same plan of an execution twice is one. */
  savePlan(plan: RunPlan): Promise<void>;
  /** Of one execution, in the order of planning. */
  plans(execution: string): Promise<readonly RunPlan[]>;
  /** Content of the definition whose values are online up to the view's watermark. */
  definition(project: string, view: string): Promise<string | undefined>;
  saveDefinition(project: string, view: string, content: string): Promise<void>;
  /** The execution that a view was last claimed for. */
  holders(project: string): Promise<ReadonlyMap<string, string>>;
  /** Claims views for an execution: false, and nothing is claimed, when one has another holder than was seen. */
  claim(project: string, execution: string, seen: ReadonlyMap<string, string | undefined>): Promise<boolean>;
}

/** A materialization that ended. */
export interface Materialized {
  readonly project: string;
  readonly views: readonly string[];
  /** Values up to here are online. ISO 8601. */
  readonly until: string;
  readonly shards: number;
  readonly rows: number;
  /** Different keys. */
  readonly entities: number;
  readonly written: number;
  readonly skippedOlder: number;
  readonly expired: number;
  readonly rowsPerSecond: number;
}

/** Publishes what a materialization came to. */
export interface MaterializationMetrics {
  publish(done: Materialized, at: Date): Promise<void>;
}

/** What the steps of a materialization need. */
export interface MaterializeDeps extends DatasetDeps {
  readonly engine: TableEngine;
  readonly definitions: FeatureCatalog;
  readonly watermarks: Watermarks;
  readonly log: MaterializationLog;
  /** @default - no database can be read */
  readonly databases?: SourceDatabases | undefined;
  /** Feature values of a shard. @default 150000: some ten seconds of writing */
  readonly valuesAShard?: number;
}
export interface ShardDeps extends MaterializeDeps {
  readonly online: OnlineTable;
}
export interface FinishDeps extends Pick<MaterializeDeps, 'catalog' | 'digest' | 'clock' | 'watermarks' | 'log'> {
  readonly metrics: MaterializationMetrics;
  readonly events: EventBus;
}
/** What starting and watching materializations needs. */
export interface StartMaterializationDeps {
  readonly definitions: FeatureCatalog;
  readonly log: MaterializationLog;
  readonly pipelines: PipelineEngine;
  readonly ids: Ids;
}
