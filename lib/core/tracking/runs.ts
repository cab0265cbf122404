import type { Page, PageQuery } from '#contracts/common.ts';
import type { DatasetInput, MetricPoint, Run, RunBatch, RunInfo, RunStatus } from '#contracts/tracking.ts';
import { PlatformError } from '../shared/errors.ts';
import { getExperiment } from './experiments.ts';
import type { TrackingDeps } from './ports.ts';

type Reading = Pick<TrackingDeps, 'tracking'>;

export interface NewRun {
  readonly experimentId: string;
  readonly runName: string;
  readonly userId: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** 32 hex digits. Creating the same id again answers the run that is there. @default a new one */
  readonly runId?: string;
  /** Milliseconds since 1970. @default now */
  readonly startTimeMs?: number;
}

/**
 * Starts a run; its artifacts lie at {artifactLocation}/{runId}/artifacts.
 * @throws EXPERIMENT_NOT_FOUND
 * @example await createRun(deps, { experimentId, runName: 'nightly', userId: 'pipeline' })
 */
export const createRun = async (deps: TrackingDeps, wanted: NewRun): Promise<Run> => {
  const experiment = await getExperiment(deps, wanted.experimentId);
  const runId = wanted.runId ?? deps.ids.hex32();
  const info: RunInfo = {
    runId,
    experimentId: wanted.experimentId,
    runName: wanted.runName,
    userId: wanted.userId,
    status: 'RUNNING',
    startTimeMs: wanted.startTimeMs ?? deps.clock.now().getTime(),
    artifactUri: `${experiment.artifactLocation}/${runId}/artifacts`,
    lifecycleStage: 'active',
  };
  const tags = { ...wanted.tags, 'mlflow.runName': wanted.runName };
  return deps.tracking.createRun({ info, metrics: [], params: {}, tags, inputs: [] });
};

const noRun = (runId: string): PlatformError =>
  new PlatformError('RUN_NOT_FOUND', `there is no run "${runId}"; GET /experiments/{id}/runs lists those that exist`, {
    runId,
  });

/** @throws RUN_NOT_FOUND */
export const getRun = async (deps: Reading, runId: string): Promise<Run> => {
  const run = await deps.tracking.findRun(runId);
  if (!run) throw noRun(runId);
  return run;
};

const writableRun = async (deps: Reading, runId: string): Promise<RunInfo> => {
  const info = await deps.tracking.findRunInfo(runId);
  if (!info) throw noRun(runId);
  if (info.lifecycleStage === 'active') return info;
  throw new PlatformError('INVALID_REQUEST', `run "${runId}" is deleted; restore it before writing to it`, { runId });
};

/**
 * Adds points, parameters and tags to a run; the same batch twice leaves the same.
 * @throws RUN_NOT_FOUND, PARAM_CHANGED (then nothing of the batch is written)
 */
export const logBatch = async (deps: Reading, runId: string, batch: RunBatch): Promise<void> => {
  await writableRun(deps, runId);
  await deps.tracking.logBatch(runId, batch);
};

/** Records which data sets a run used; the same (name, digest) twice is one. */
export const logInputs = async (deps: Reading, runId: string, inputs: readonly DatasetInput[]): Promise<void> => {
  await writableRun(deps, runId);
  await deps.tracking.logInputs(runId, inputs);
};

export interface RunEnd {
  readonly status: Extract<RunStatus, 'FINISHED' | 'FAILED' | 'KILLED'>;
  /** Milliseconds since 1970. @default now */
  readonly endTimeMs?: number;
}

/** Ends a run and says so on the bus. Ending it again the same way changes nothing but says so again. */
export const finishRun = async (deps: TrackingDeps, runId: string, end: RunEnd): Promise<RunInfo> => {
  await writableRun(deps, runId);
  const endTimeMs = end.endTimeMs ?? deps.clock.now().getTime();
  const info = await deps.tracking.updateRun(runId, { status: end.status, endTimeMs });
  await deps.events?.publish('RunFinished', { experimentId: info.experimentId, runId, status: end.status });
  return info;
};

/** Newest start first. @throws EXPERIMENT_NOT_FOUND */
export const listRuns = async (deps: Reading, experimentId: string, page: PageQuery): Promise<Page<Run>> => {
  await getExperiment(deps, experimentId);
  return deps.tracking.listRuns(experimentId, page);
};

export interface MetricQuery extends PageQuery {
  readonly runId: string;
  readonly key: string;
}

/** Every point of a metric by time, then step, then value. @throws RUN_NOT_FOUND */
export const getMetricHistory = async (deps: Reading, query: MetricQuery): Promise<Page<MetricPoint>> => {
  if (!(await deps.tracking.findRunInfo(query.runId))) throw noRun(query.runId);
  return deps.tracking.metricHistory(query.runId, query.key, query);
};
