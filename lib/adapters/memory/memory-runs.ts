import type { MetricPoint, Run, RunBatch } from '#contracts/tracking.ts';
import { PlatformError } from '#core/shared/errors.ts';
import type { DatasetSummary, RunLinks, RunScan, RunStore } from '#core/tracking/index.ts';
import { historyOrder, latestOrder } from '../system/metric-order.ts';
import { pageFrom } from '../system/page-token.ts';
import { by, refuseChanged, type Shelves, type StoredRun } from './memory-tracking-shelves.ts';

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
  modelInputs: [...stored.models],
  modelOutputs: [...stored.outputs.values()],
});

// What measured a model is kept with the model.
const plain = ({ key, step, timestampMs, value }: MetricPoint): MetricPoint => ({
  key,
  step,
  timestampMs,
  value: value + 0,
});

const logBatch = (run: StoredRun, batch: RunBatch): void => {
  refuseChanged((key) => run.params.get(key), batch.params);
  for (const [key, value] of Object.entries(batch.params)) run.params.set(key, value);
  for (const [key, value] of Object.entries(batch.tags)) run.tags.set(key, value);
  for (const point of batch.metrics) run.points.set(`${latestOrder(point)}#${point.key}`, plain(point));
};

/** What is there already stays. */
const addNew = <T>(map: Map<string, T>, key: string, item: T): void => {
  if (!map.has(key)) map.set(key, item);
};

const link = (run: StoredRun, { datasets = [], models = [], outputs = [] }: RunLinks): void => {
  for (const input of datasets) addNew(run.inputs, JSON.stringify([input.name, input.digest]), input);
  for (const modelId of models) run.models.add(modelId);
  for (const output of outputs) addNew(run.outputs, `${output.modelId}#${output.step}`, output);
};

const required = (shelves: Shelves, runId: string): StoredRun => {
  const run = shelves.runs.get(runId);
  if (!run) throw new PlatformError('RUN_NOT_FOUND', `there is no run "${runId}"`, { runId });
  return run;
};

const fresh = ({ info, params, tags, inputs }: Run): StoredRun => ({
  info,
  params: new Map(Object.entries(params)),
  tags: new Map(Object.entries(tags)),
  points: new Map(),
  inputs: new Map(inputs.map((input) => [JSON.stringify([input.name, input.digest]), input])),
  models: new Set(),
  outputs: new Map(),
});

async function* scan(shelves: Shelves, { experimentIds, order }: RunScan): AsyncIterable<Run[]> {
  const mine = [...shelves.runs.values()].filter((run) => experimentIds.includes(run.info.experimentId)).map(asRun);
  const direction = order === 'oldest-first' ? 1 : -1;
  mine.sort((a, b) => direction * (a.info.startTimeMs - b.info.startTimeMs) || (a.info.runId < b.info.runId ? -1 : 1));
  for (let at = 0; at < mine.length; at += 10) yield mine.slice(at, at + 10);
}

const summaries = (shelves: Shelves, experimentId: string): DatasetSummary[] => {
  const found = new Map<string, DatasetSummary>();
  for (const run of shelves.runs.values())
    for (const { name, digest, tags } of run.info.experimentId === experimentId ? run.inputs.values() : []) {
      const context = tags['mlflow.data.context'];
      const summary = { experimentId, name, digest, ...(context !== undefined && { context }) };
      found.set(JSON.stringify(summary), summary);
    }
  return [...found.values()];
};

const writes = (
  shelves: Shelves,
): Pick<RunStore, 'updateRun' | 'setRunStage' | 'logBatch' | 'deleteRunTag' | 'swapRunTag' | 'linkRun'> => ({
  updateRun: async (runId, change) => {
    const run = required(shelves, runId);
    run.info = { ...run.info, ...change };
    return run.info;
  },
  setRunStage: async (runId, lifecycleStage) => {
    const run = required(shelves, runId);
    run.info = { ...run.info, lifecycleStage };
  },
  logBatch: async (runId, batch) => logBatch(required(shelves, runId), batch),
  deleteRunTag: async (runId, key) => required(shelves, runId).tags.delete(key),
  swapRunTag: async (runId, { key, was, value }) => {
    const { tags } = required(shelves, runId);
    if (tags.get(key) !== was) return false;
    tags.set(key, value);
    return true;
  },
  linkRun: async (runId, links) => link(required(shelves, runId), links),
});

/** Runs in memory. */
export const memoryRuns = (shelves: Shelves): RunStore => ({
  ...writes(shelves),
  createRun: async (run) => {
    const known = shelves.runs.get(run.info.runId) ?? fresh(run);
    shelves.runs.set(run.info.runId, known);
    return asRun(known);
  },
  findRun: async (runId) => {
    const run = shelves.runs.get(runId);
    return run && asRun(run);
  },
  findRunInfo: async (runId) => shelves.runs.get(runId)?.info,
  scanRuns: (request) => scan(shelves, request),
  wholeRuns: async (infos) => infos.map(({ runId }) => asRun(required(shelves, runId))),
  metricHistory: async (runId, key, page) => {
    const points = [...required(shelves, runId).points.values()].filter((point) => point.key === key);
    return pageFrom(points.sort(by(historyOrder)), historyOrder, page);
  },
  datasetSummaries: async (experimentId) => summaries(shelves, experimentId),
});
