import type { Run, RunInfo, RunStatus } from '#contracts/tracking.ts';
import { RUN_NAME_TAG } from '../search/index.ts';
import { PlatformError } from '../shared/errors.ts';
import { getActiveExperiment } from './experiments.ts';
import type { Reading, RunChange, TrackingDeps } from './ports.ts';
import { checkedTags, checkLength, cut, invalid, limits } from './rules.ts';
import { randomName } from './run-names.ts';

export interface NewRun {
  readonly experimentId: string;
  /** @default the tag mlflow.runName, else one made up */
  readonly runName?: string | undefined;
  /** @default '' */
  readonly userId?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** 32 hex digits. Creating the same id again answers the run that is there. @default a new one */
  readonly runId?: string | undefined;
  /** Milliseconds since 1970. @default now */
  readonly startTimeMs?: number | undefined;
}

// The tag holds it too, and must stay the same.
const cutName = (name: string): string => cut(name, limits.runTagValue);

const nameOf = ({ ids }: TrackingDeps, { runName, tags }: NewRun): string => {
  const tag = tags?.[RUN_NAME_TAG];
  if (runName && tag && runName !== tag)
    invalid(`the run name is "${runName}" and the tag ${RUN_NAME_TAG} is "${tag}"; give one, or both the same`);
  return cutName(runName || tag || randomName(ids));
};

/**
 * Starts a run; its artifacts lie at {artifactLocation}/{runId}/artifacts.
 * @throws EXPERIMENT_NOT_FOUND, INVALID_REQUEST
 * @example await createRun(deps, { experimentId, runName: 'nightly', userId: 'pipeline' })
 */
export const createRun = async (deps: TrackingDeps, wanted: NewRun): Promise<Run> => {
  const runName = nameOf(deps, wanted);
  checkLength('user id', wanted.userId ?? '', limits.userId);
  const tags = { ...checkedTags(wanted.tags ?? {}), [RUN_NAME_TAG]: runName };
  const experiment = await getActiveExperiment(deps, wanted.experimentId);
  const runId = wanted.runId ?? deps.ids.hex32();
  const info: RunInfo = {
    runId,
    experimentId: wanted.experimentId,
    runName,
    userId: wanted.userId ?? '',
    status: 'RUNNING',
    startTimeMs: wanted.startTimeMs ?? deps.clock.now().getTime(),
    artifactUri: `${experiment.artifactLocation}/${runId}/artifacts`,
    lifecycleStage: 'active',
  };
  const nothing = { metrics: [], params: {}, inputs: [], modelInputs: [], modelOutputs: [] };
  return deps.tracking.createRun({ info, tags, ...nothing });
};

const noRun = (runId: string): PlatformError =>
  new PlatformError('RUN_NOT_FOUND', `there is no run "${runId}"; GET /experiments/{id}/runs lists those that exist`, {
    runId,
  });

/** Deleted ones too. @throws RUN_NOT_FOUND */
export const getRun = async (deps: Reading, runId: string): Promise<Run> => {
  const run = await deps.tracking.findRun(runId);
  if (!run) throw noRun(runId);
  return run;
};

/** @throws RUN_NOT_FOUND */
export const requireRun = async (deps: Reading, runId: string): Promise<RunInfo> => {
  const info = await deps.tracking.findRunInfo(runId);
  if (!info) throw noRun(runId);
  return info;
};

/** @throws RUN_NOT_FOUND, INVALID_REQUEST when it is deleted */
export const writableRun = async (deps: Reading, runId: string): Promise<RunInfo> => {
  const info = await requireRun(deps, runId);
  if (info.lifecycleStage !== 'active')
    invalid(`run "${runId}" is deleted; restore it before writing to it`, { runId });
  return info;
};

const ENDS: readonly RunStatus[] = ['FINISHED', 'FAILED', 'KILLED'];

const tellEnd = async ({ events }: Partial<TrackingDeps>, info: RunInfo): Promise<void> => {
  const { experimentId, runId, status } = info;
  if (status === 'FINISHED' || status === 'FAILED' || status === 'KILLED')
    await events?.publish('RunFinished', { experimentId, runId, status });
};

/**
 * Writes what is given over the run's info; a name is written to the tag mlflow.runName too. A run that ends is told on
 * the bus.
 * @throws RUN_NOT_FOUND, INVALID_REQUEST
 * @example await updateRun(deps, runId, { status: 'FINISHED', endTimeMs: Date.now() })
 */
export const updateRun = async (
  deps: Reading & Partial<TrackingDeps>,
  runId: string,
  change: RunChange,
): Promise<RunInfo> => {
  const before = await writableRun(deps, runId);
  const { status, endTimeMs } = change;
  const runName = change.runName && cutName(change.runName);
  // An empty name is no name: MLflow's server leaves the run's as it is.
  const given = {
    ...(runName && { runName }),
    ...(status && { status }),
    ...(endTimeMs !== undefined && { endTimeMs }),
  };
  const info = Object.keys(given).length === 0 ? before : await deps.tracking.updateRun(runId, given);
  if (runName) await deps.tracking.logBatch(runId, { metrics: [], params: {}, tags: { [RUN_NAME_TAG]: runName } });
  if (status && ENDS.includes(status)) await tellEnd(deps, info);
  return info;
};

export interface RunEnd {
  readonly status: Extract<RunStatus, 'FINISHED' | 'FAILED' | 'KILLED'>;
  /** Milliseconds since 1970. @default now */
  readonly endTimeMs?: number;
}

/** Ends a run and says so on the bus. Ending it again the same way changes nothing but says so again. */
export const finishRun = (deps: TrackingDeps, runId: string, end: RunEnd): Promise<RunInfo> =>
  updateRun(deps, runId, { status: end.status, endTimeMs: end.endTimeMs ?? deps.clock.now().getTime() });

/** It is still read, and no more written to. @throws RUN_NOT_FOUND */
export const deleteRun = async (deps: Reading, runId: string): Promise<void> => {
  await requireRun(deps, runId);
  await deps.tracking.setRunStage(runId, 'deleted');
};

/** @throws RUN_NOT_FOUND */
export const restoreRun = async (deps: Reading, runId: string): Promise<void> => {
  await requireRun(deps, runId);
  await deps.tracking.setRunStage(runId, 'active');
};
