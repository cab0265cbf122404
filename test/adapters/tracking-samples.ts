import type { DatasetInput, Experiment, LoggedModel, MetricPoint, Run, RunBatch } from '#contracts/tracking.ts';
import type { RunScan, TrackingStore } from '#core/tracking/index.ts';

/** 32 digits of which the first tell neighbours apart, so that runs spread over shards. */
export const hex = (seed: number): string => {
  const digits = [...seed.toString(16).padStart(28, '0')].reverse().join('');
  return digits.charAt(0).repeat(4) + digits;
};
let seed = Date.now() * 1_000;
/** Never the same twice. */
export const nextNumber = (): number => seed++;
export const nextId = (): string => String(nextNumber());

export const someRun = (experimentId: string, facts: Partial<Run['info']> = {}, tags: Run['tags'] = {}): Run => {
  const runId = facts.runId ?? hex(nextNumber());
  return {
    info: {
      runId,
      experimentId,
      runName: 'nightly',
      userId: 'ann',
      status: 'RUNNING',
      startTimeMs: 1_700_000_000_000,
      artifactUri: `s3://bucket/${experimentId}/${runId}/artifacts`,
      lifecycleStage: 'active',
      ...facts,
    },
    metrics: [],
    params: {},
    tags,
    inputs: [],
    modelInputs: [],
    modelOutputs: [],
  };
};

export const someExperiment = (name: string, experimentId = nextId()): Experiment => ({
  experimentId,
  name,
  artifactLocation: `s3://bucket/${experimentId}`,
  lifecycleStage: 'active',
  creationTimeMs: Number(experimentId.slice(0, 13)),
  lastUpdateTimeMs: 1,
  tags: { team: 'x' },
});

export const someModel = (experimentId: string, facts: Partial<LoggedModel> = {}): LoggedModel => {
  const modelId = `m-${hex(nextNumber())}`;
  return {
    modelId,
    experimentId,
    name: 'tree',
    status: 'PENDING',
    artifactUri: `s3://bucket/${experimentId}/models/${modelId}/artifacts`,
    creationTimeMs: 1_700_000_000_000,
    lastUpdateTimeMs: 1_700_000_000_000,
    lifecycleStage: 'active',
    tags: {},
    params: {},
    metrics: [],
    ...facts,
  };
};

export const someDataset = (name: string, digest: string, tags: Record<string, string> = {}): DatasetInput => ({
  name,
  digest,
  sourceType: 's3',
  source: '{"uri":"s3://bucket/x"}',
  tags,
});

export const point = (
  key: string,
  step: number,
  value = step,
  timestampMs = 1_700_000_000_000 + step,
): MetricPoint => ({
  key,
  step,
  value,
  timestampMs,
});
export const batch = (metrics: MetricPoint[] = [], params = {}, tags = {}): RunBatch => ({ metrics, params, tags });

export const noNeeds: RunScan['needs'] = { metrics: [], params: [], tags: [], datasets: false };

/** Everything a scan gives. */
export const scanned = async (store: TrackingStore, scan: Partial<RunScan> & { experimentIds: string[] }) => {
  const runs: Run[] = [];
  for await (const some of store.scanRuns({ needs: noNeeds, ...scan })) runs.push(...some);
  return runs;
};
