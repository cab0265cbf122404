import type { DatasetInput, Experiment, MetricPoint, Run, RunBatch, RunInfo } from '#contracts/tracking.ts';
import { PlatformError } from '#core/shared/errors.ts';
import type { TrackingStore } from '#core/tracking/index.ts';
import { historyOrder, latestOrder } from '../system/metric-order.ts';
import { pageFrom } from '../system/page-token.ts';

interface StoredRun {
  info: RunInfo;
  readonly params: Map<string, string>;
  readonly tags: Map<string, string>;
  readonly points: Map<string, MetricPoint>;
  readonly inputs: Map<string, DatasetInput>;
}

interface Shelves {
  readonly experiments: Map<string, Experiment>;
  readonly runs: Map<string, StoredRun>;
}

const descending = (time: number): string => String(99_999_999_999_999 - time).padStart(14, '0');
const runKey = (run: StoredRun): string => `${descending(run.info.startTimeMs)}#${run.info.runId}`;
const by =
  <T>(keyOf: (item: T) => string) =>
  (a: T, b: T) =>
    keyOf(a) < keyOf(b) ? -1 : 1;

const latest = (points: Iterable<MetricPoint>): MetricPoint[] => {
  const best = new Map<string, MetricPoint>();
  for (const point of points) {
    const known = best.get(point.key);
    if (!known || latestOrder(point) > latestOrder(known)) best.set(point.key, point);
  }
  return [...best.values()].sort(by((point) => point.key));
};

const asRun = (stored: StoredRun): Run => ({
  info: { ...stored.info },
  metrics: latest(stored.points.values()),
  params: Object.fromEntries(stored.params),
  tags: Object.fromEntries(stored.tags),
  inputs: [...stored.inputs.values()],
});

const logBatch = (run: StoredRun, batch: RunBatch): void => {
  for (const [key, value] of Object.entries(batch.params)) {
    const known = run.params.get(key);
    if (known !== undefined && known !== value)
      throw new PlatformError('PARAM_CHANGED', `param "${key}" is "${known}" already, got "${value}"`, { key });
  }
  for (const [key, value] of Object.entries(batch.params)) run.params.set(key, value);
  for (const [key, value] of Object.entries(batch.tags)) run.tags.set(key, value);
  for (const point of batch.metrics) run.points.set(`${latestOrder(point)}#${point.key}`, point);
};

const required = (shelves: Shelves, runId: string): StoredRun => {
  const run = shelves.runs.get(runId);
  if (!run) throw new PlatformError('RUN_NOT_FOUND', `there is no run "${runId}"`, { runId });
  return run;
};

const experimentVerbs = ({ experiments }: Shelves) => ({
  createExperiment: async (experiment: Experiment) => {
    if ([...experiments.values()].some((known) => known.name === experiment.name))
      throw new PlatformError('EXPERIMENT_EXISTS', `experiment "${experiment.name}" exists already`);
    experiments.set(experiment.experimentId, experiment);
  },
  findExperiment: async (experimentId: string) => experiments.get(experimentId),
  findExperimentByName: async (name: string) => [...experiments.values()].find((known) => known.name === name),
});

/** TrackingStore in memory: the plain reading of the port's promises. */
export const memoryTrackingStore = (): TrackingStore => {
  const shelves: Shelves = { experiments: new Map(), runs: new Map() };
  const experimentKey = (experiment: Experiment): string =>
    `${descending(experiment.creationTimeMs)}#${descending(Number(experiment.experimentId.slice(-5)))}`;
  return {
    ...experimentVerbs(shelves),
    listExperiments: async (page) =>
      pageFrom([...shelves.experiments.values()].sort(by(experimentKey)), experimentKey, page),
    createRun: async ({ info, params, tags, inputs }) => {
      const known = shelves.runs.get(info.runId);
      if (known) return asRun(known);
      const maps = { params: new Map(Object.entries(params)), tags: new Map(Object.entries(tags)) };
      const inputMap = new Map(inputs.map((input) => [`${input.name}#${input.digest}`, input]));
      const fresh: StoredRun = { info, ...maps, points: new Map(), inputs: inputMap };
      shelves.runs.set(info.runId, fresh);
      return asRun(fresh);
    },
    findRun: async (runId) => {
      const run = shelves.runs.get(runId);
      return run && asRun(run);
    },
    findRunInfo: async (runId) => shelves.runs.get(runId)?.info,
    updateRun: async (runId, change) => {
      const run = required(shelves, runId);
      run.info = { ...run.info, ...change };
      return run.info;
    },
    logBatch: async (runId, batch) => logBatch(required(shelves, runId), batch),
    logInputs: async (runId, inputs) => {
      for (const input of inputs) required(shelves, runId).inputs.set(`${input.name}#${input.digest}`, input);
    },
    listRuns: async (experimentId, page) => {
      const mine = [...shelves.runs.values()].filter((run) => run.info.experimentId === experimentId);
      const { items, ...rest } = pageFrom(mine.sort(by(runKey)), runKey, page);
      return { items: items.map(asRun), ...rest };
    },
    metricHistory: async (runId, key, page) => {
      const points = [...required(shelves, runId).points.values()].filter((point) => point.key === key);
      return pageFrom(points.sort(by(historyOrder)), historyOrder, page);
    },
  };
};
