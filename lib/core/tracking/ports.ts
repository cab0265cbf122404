import type { Page, PageQuery } from '#contracts/common.ts';
import type {
  DatasetInput,
  Experiment,
  LoggedModel,
  LoggedModelMetric,
  MetricPoint,
  ModelOutput,
  Run,
  RunBatch,
  RunInfo,
} from '#contracts/tracking.ts';
import type { SearchNeeds, TimeBounds } from '../search/index.ts';
import type { Clock, EventBus, Ids } from '../shared/ports.ts';

export type Stage = Experiment['lifecycleStage'];

export interface ExperimentStore {
  /** @throws EXPERIMENT_EXISTS when the name is taken, also by a deleted one. */
  createExperiment(experiment: Experiment): Promise<void>;
  findExperiment(experimentId: string): Promise<Experiment | undefined>;
  findExperimentByName(name: string): Promise<Experiment | undefined>;
  /** All of them, some at a time, in any order. */
  scanExperiments(): AsyncIterable<readonly Experiment[]>;
  /**
   * Sets the name; the old one is free again. False when the experiment is not active.
   * @throws EXPERIMENT_EXISTS
   */
  renameExperiment(experimentId: string, change: { readonly name: string; readonly atMs: number }): Promise<boolean>;
  /**
   * Deletes or restores it, and every run of it at the same moment, however many there are. False when it is not
   * there or at that stage already.
   */
  setExperimentStage(experimentId: string, change: { readonly stage: Stage; readonly atMs: number }): Promise<boolean>;
  /** False when there is no active experiment of that id. */
  setExperimentTag(experimentId: string, key: string, value: string): Promise<boolean>;
  /** False when there is no such tag. */
  deleteExperimentTag(experimentId: string, key: string): Promise<boolean>;
}

/** What may change about a run once it is created. */
export type RunChange = Partial<Pick<RunInfo, 'status' | 'endTimeMs' | 'runName'>>;

export interface RunLinks {
  readonly datasets?: readonly DatasetInput[];
  /** Ids of logged models that the run reads. */
  readonly models?: readonly string[];
  /** Logged models that the run brings forth. */
  readonly outputs?: readonly ModelOutput[];
}

/** Which runs a search looks at and how much of each it reads. */
export interface RunScan {
  readonly experimentIds: readonly string[];
  /** Only these metrics, params and tags need be there. */
  readonly needs: SearchNeeds;
  readonly started?: TimeBounds;
  /** By start time (equal ones by run id). @default any order */
  readonly order?: 'newest-first' | 'oldest-first' | undefined;
  /** About how many runs the caller hopes to look at. @default all */
  readonly hoped?: number;
}

export interface DatasetSummary {
  readonly experimentId: string;
  readonly name: string;
  readonly digest: string;
  /** The tag mlflow.data.context of its use. */
  readonly context?: string;
}

/** A tag's new value, and what it must say (undefined: not be there) for the change to happen. */
export interface TagSwap {
  readonly key: string;
  readonly was: string | undefined;
  readonly value: string;
}

export interface RunStore {
  /** Stores a run once: answers the stored one when its id is already there. */
  createRun(run: Run): Promise<Run>;
  findRun(runId: string): Promise<Run | undefined>;
  findRunInfo(runId: string): Promise<RunInfo | undefined>;
  updateRun(runId: string, change: RunChange): Promise<RunInfo>;
  setRunStage(runId: string, stage: Stage): Promise<void>;
  /**
   * Adds points, parameters and tags; the same batch twice leaves the same.
   * @throws PARAM_CHANGED when a parameter has another value already; then nothing of the batch is written.
   */
  logBatch(runId: string, batch: RunBatch): Promise<void>;
  /** False when there is no such tag. */
  deleteRunTag(runId: string, key: string): Promise<boolean>;
  /** False when the tag says something else by now; the store waits a moment before it says so. */
  swapRunTag(runId: string, swap: TagSwap): Promise<boolean>;
  /** The same (name, digest), model or (model, step) twice is one; the first stays. */
  linkRun(runId: string, links: RunLinks): Promise<void>;
  /** Runs of the experiments, some at a time, each with what was asked for. */
  scanRuns(scan: RunScan): AsyncIterable<readonly Run[]>;
  /** The same runs whole, in the same order. */
  wholeRuns(infos: readonly RunInfo[]): Promise<Run[]>;
  /** By time, then step, then value. */
  metricHistory(runId: string, key: string, page: PageQuery): Promise<Page<MetricPoint>>;
  /** Uses of data in an experiment, each once; there may be more than the thousand that any store gives. */
  datasetSummaries(experimentId: string): Promise<DatasetSummary[]>;
}

/** What may change about a logged model once it is created. */
export type LoggedModelChange = Partial<Pick<LoggedModel, 'status' | 'lifecycleStage'>> &
  Pick<LoggedModel, 'lastUpdateTimeMs'>;

export interface LoggedModelStore {
  createLoggedModel(model: LoggedModel): Promise<void>;
  findLoggedModel(modelId: string): Promise<LoggedModel | undefined>;
  updateLoggedModel(modelId: string, change: LoggedModelChange): Promise<void>;
  /** @throws PARAM_CHANGED when a parameter has another value already; then nothing is written. */
  describeLoggedModel(modelId: string, texts: Pick<RunBatch, 'params' | 'tags'>): Promise<void>;
  /** False when there is no such tag. */
  deleteLoggedModelTag(modelId: string, key: string): Promise<boolean>;
  /** False when the tag says something else by now; the store waits a moment before it says so. */
  swapLoggedModelTag(modelId: string, swap: TagSwap): Promise<boolean>;
  /** Latest of every (key, data set, run) stays. */
  logModelMetrics(modelId: string, metrics: readonly LoggedModelMetric[]): Promise<void>;
  /** Those of an experiment, deleted ones too, some at a time, in any order. */
  scanLoggedModels(experimentId: string): AsyncIterable<readonly LoggedModel[]>;
}

/** Experiments, runs and logged models. Every read sees every write that was answered before it. */
export interface TrackingStore extends ExperimentStore, RunStore, LoggedModelStore {}

export interface TrackingDeps {
  readonly tracking: TrackingStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Where new experiments keep their artifacts: needed by createExperiment, ensureExperiment and experiment "0". */
  readonly artifactBucket?: string;
  readonly events?: EventBus;
}
/** What a verb needs that only reads, or only writes to what is there. */
export type Reading = Pick<TrackingDeps, 'tracking'>;
