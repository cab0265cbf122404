import type { Page, PageQuery } from '#contracts/common.ts';
import type { DatasetInput, Experiment, MetricPoint, Run, RunBatch, RunInfo } from '#contracts/tracking.ts';
import type { Clock, EventBus, Ids } from '../shared/ports.ts';

/** What may change about a run once it is created. */
export type RunChange = Partial<Pick<RunInfo, 'status' | 'endTimeMs' | 'runName' | 'lifecycleStage'>>;

/** Experiments and runs. Every read sees every write that was answered before it. */
export interface TrackingStore {
  /** @throws EXPERIMENT_EXISTS when the name is taken, also by a deleted one. */
  createExperiment(experiment: Experiment): Promise<void>;
  findExperiment(experimentId: string): Promise<Experiment | undefined>;
  findExperimentByName(name: string): Promise<Experiment | undefined>;
  /** Newest first. */
  listExperiments(page: PageQuery): Promise<Page<Experiment>>;
  /** Stores a run once: answers the stored one when its id is already there. */
  createRun(run: Run): Promise<Run>;
  findRun(runId: string): Promise<Run | undefined>;
  findRunInfo(runId: string): Promise<RunInfo | undefined>;
  updateRun(runId: string, change: RunChange): Promise<RunInfo>;
  /**
   * Adds points, parameters and tags; the same batch twice leaves the same.
   * @throws PARAM_CHANGED when a parameter has another value already; then nothing of the batch is written.
   */
  logBatch(runId: string, batch: RunBatch): Promise<void>;
  /** The same (name, digest) twice is one input. */
  logInputs(runId: string, inputs: readonly DatasetInput[]): Promise<void>;
  /** Newest start first, then by run id. */
  listRuns(experimentId: string, page: PageQuery): Promise<Page<Run>>;
  /** By time, then step, then value. */
  metricHistory(runId: string, key: string, page: PageQuery): Promise<Page<MetricPoint>>;
}

export interface TrackingDeps {
  readonly tracking: TrackingStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Where new experiments keep their artifacts: needed by createExperiment and ensureExperiment. */
  readonly artifactBucket?: string;
  readonly events?: EventBus;
}
