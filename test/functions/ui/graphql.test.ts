import { Buffer } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { memoryRegistryStore } from '#adapters/memory/memory-registry-store.ts';
import { memoryTrackingStore } from '#adapters/memory/memory-tracking-store.ts';
import { systemClock, systemIds } from '#adapters/system/system.ts';
import { createExperiment, createRun, logBatch, logInputs, logOutputs } from '#core/tracking/index.ts';

process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
const { answerGraphql } = await import('../../../functions/ui/mlflow/graphql.ts');

// As the UI sends them, but for their length.
const queries = {
  experiment: `query MlflowGetExperimentQuery($input: MlflowGetExperimentInput!) @component(name: "MLflow.ExperimentRunTracking") {
    mlflowGetExperiment(input: $input) { apiError { code message __typename } experiment { name __typename } __typename } }`,
  run: `query GetRun($data: MlflowGetRunInput!) @component(name: "MLflow.ExperimentRunTracking") {
    mlflowGetRun(input: $data) { apiError { helpUrl code message } run { info { runName } } } }`,
  points: `query GetMetricHistoryBulkInterval($data: MlflowGetMetricHistoryBulkIntervalInput!)
    @component(name: "MLflow.ExperimentRunTracking") {
    mlflowGetMetricHistoryBulkInterval(input: $data) { __typename metrics { value } apiError { code } } }`,
};
const tracking = memoryTrackingStore();
const deps = {
  tracking,
  registry: memoryRegistryStore(),
  clock: systemClock,
  ids: systemIds,
  artifactBucket: 'artifacts',
};

interface Body {
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: readonly string[] | null;
}
const ask = async (query: string, variables: Record<string, unknown>): Promise<Body> => {
  const { result } = await answerGraphql(deps, { query, variables });
  expect(result.statusCode).toBe(200);
  return JSON.parse(result.body ?? '') as Body;
};

describe("the web UI's queries", () => {
  let experimentId: string;
  let runId: string;
  const far = 2n ** 60n + 1n;

  beforeAll(async () => {
    ({ experimentId } = await createExperiment(deps, { name: 'churn', tags: { why: 'test' } }));
    const { info } = await createRun(deps, { experimentId, runName: 'r', userId: 'ann', startTimeMs: 5, tags: {} });
    ({ runId } = info);
    const metrics = [
      { key: 'auc', value: 0.5, timestampMs: 1, step: 0 },
      { key: 'auc', value: 0.9, timestampMs: 2, step: far },
      { key: 'loss', value: Number.NaN, timestampMs: 1, step: 0 },
      { key: 'gain', value: Number.POSITIVE_INFINITY, timestampMs: 1, step: 0 },
    ];
    await logBatch(deps, runId, { metrics, params: { depth: '3' }, tags: { team: 'growth' } });
    const data = {
      name: 'train',
      digest: 'd',
      sourceType: 'local',
      source: '{}',
      tags: { 'mlflow.data.context': 'x' },
    };
    await logInputs(deps, runId, { datasets: [data], models: ['m-1'] });
    await logOutputs(deps, runId, [{ modelId: 'm-2', step: 7 }]);
  });

  it('answers an experiment, whole numbers as text', async () => {
    const { data, errors } = await ask(queries.experiment, { input: { experimentId } });
    expect(errors).toBeNull();
    expect(data.mlflowGetExperiment).toMatchObject({
      __typename: 'MlflowGetExperimentResponse',
      apiError: null,
      experiment: {
        __typename: 'MlflowExperiment',
        experimentId,
        name: 'churn',
        artifactLocation: `mlflow-artifacts:/${experimentId}`,
        lifecycleStage: 'active',
        creationTime: expect.stringMatching(/^\d{13}$/),
        tags: [{ __typename: 'MlflowExperimentTag', key: 'why', value: 'test' }],
        effectiveTraceArchivalRetention: '',
      },
    });
  });

  it('answers a run with all that belongs to it, without losing a digit', async () => {
    const { data } = await ask(queries.run, { data: { runId } });
    const { run } = data.mlflowGetRun as { run: Record<string, unknown> };
    expect(run.info).toMatchObject({
      runUuid: runId,
      runName: 'r',
      status: 'RUNNING',
      startTime: '5',
      endTime: '0',
      artifactUri: `mlflow-artifacts:/${experimentId}/${runId}/artifacts`,
    });
    const { metrics, params } = run.data as { metrics: { key: string }[]; params: unknown };
    expect(metrics.sort((a, b) => a.key.localeCompare(b.key))).toMatchObject([
      { __typename: 'MlflowMetricExtension', key: 'auc', value: 0.9, step: String(far), timestamp: '2' },
      { key: 'gain', value: Number.MAX_VALUE },
      { key: 'loss', value: null },
    ]);
    expect(params).toEqual([{ __typename: 'MlflowParam', key: 'depth', value: '3' }]);
    expect(run.inputs).toMatchObject({
      datasetInputs: [{ dataset: { name: 'train', schema: '' }, tags: [{ key: 'mlflow.data.context', value: 'x' }] }],
      modelInputs: [{ modelId: 'm-1' }],
    });
    expect(run.outputs).toMatchObject({ modelOutputs: [{ modelId: 'm-2', step: '7' }] });
    expect(run.modelVersions).toEqual([]);
    expect(run.experiment).toMatchObject({ experimentId });
  });

  it('takes the other name of an id, and the spelling of the REST API', async () => {
    for (const input of [{ runUuid: runId }, { run_id: runId }])
      expect((await ask(queries.run, { data: input })).errors).toBeNull();
  });

  it('answers points of a metric between steps', async () => {
    const all = await ask(queries.points, { data: { runIds: [runId], metricKey: 'auc', maxResults: 10 } });
    expect(all.data.mlflowGetMetricHistoryBulkInterval).toMatchObject({
      metrics: [{ step: '0', value: 0.5, runId }, { step: String(far) }],
    });
    const data = { runIds: [runId], metricKey: 'auc', startStep: 0, endStep: 1 };
    const some = await ask(queries.points, { data });
    expect(some.data.mlflowGetMetricHistoryBulkInterval).toMatchObject({ metrics: [{ step: '0' }] });
  });

  describe('of many points', () => {
    const runIds: string[] = [];
    // Its own store would take longer to fill with so many than to answer them.
    const long: typeof tracking.metricHistory = async () => ({
      items: Array.from({ length: 2_500 }, (_, i) => ({ key: 'loss', value: Math.sin(i), timestampMs: i, step: i })),
    });
    const ask = (headers?: string, metricHistory = long) =>
      answerGraphql(
        { ...deps, tracking: { ...tracking, metricHistory } },
        { query: queries.points, variables: { data: { runIds, metricKey: 'loss' } } },
        headers,
      );
    const pointsOf = (text: string): { runId: string }[] =>
      JSON.parse(text).data.mlflowGetMetricHistoryBulkInterval.metrics;

    beforeAll(async () => {
      for (let run = 0; run < 50; run++) runIds.push((await createRun(deps, { experimentId })).info.runId);
    });

    it('answers at most a hundred thousand, packed, of every run as many', async () => {
      const { result } = await ask('gzip');
      expect(result.headers).toMatchObject({ 'content-encoding': 'gzip' });
      const points = pointsOf(String(gunzipSync(Buffer.from(result.body ?? '', 'base64'))));
      expect(points).toHaveLength(100_000);
      const counts = [...Map.groupBy(points, ({ runId }) => runId)].map(([, { length }]) => length);
      expect(counts).toEqual(Array(50).fill(2_000));
    });

    it('answers as many as are let out to whom does not unpack', async () => {
      const { result } = await ask();
      expect(JSON.stringify(result).length).toBeLessThan(6 * 1024 * 1024);
      const points = pointsOf(result.body ?? '');
      expect(points.length).toBeGreaterThan(10_000);
      expect(new Set(points.map(({ runId }) => runId)).size).toBe(50);
    });

    it('reads only some runs at once', async () => {
      let [reading, most] = [0, 0];
      await ask('gzip', async (...asked) => {
        most = Math.max(most, ++reading);
        const page = await long(...asked);
        reading -= 1;
        return page;
      });
      expect([reading, most]).toEqual([0, 8]);
    });
  });

  it.each([
    ['an unknown run', queries.run, { data: { runId: 'nope' } }, /nope/],
    ['no id', queries.run, { data: {} }, /\$data\.run_id/],
    ['no variables', queries.run, {}, /\$data/],
    [
      'steps the wrong way round',
      queries.points,
      { data: { runIds: ['a'], metricKey: 'k', startStep: 2, endStep: 1 } },
      /end_step/,
    ],
    ['half of the steps', queries.points, { data: { runIds: ['a'], metricKey: 'k', startStep: 2 } }, /both/],
    ['too many points', queries.points, { data: { runIds: ['a'], metricKey: 'k', maxResults: 9_999 } }, /2500/],
    ['too many runs', queries.points, { data: { runIds: Array(101).fill('a'), metricKey: 'k' } }, /100/],
    ['no runs', queries.points, { data: { metricKey: 'k' } }, /run_ids/],
  ])('tells of %s as GraphQL does', async (_, query, variables, message) => {
    const { data, errors } = await ask(query, variables);
    expect(Object.values(data)).toEqual([null]);
    expect(errors).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    'query Q { __schema { types { name } } }',
    'query Q($a: X) { mlflowListArtifacts(input: $a) { files { path } } }',
    'query Q($a: X) { mlflowGetRun(input: $a) { run } b: mlflowGetRun(input: $a) { run } }',
    'query Q { mlflowGetRun(input: {runId: "x"}) { run } }',
    'query Q($a: X) { mlflowToString(input: $a) }',
  ])('refuses what the UI does not ask: %s', async (query) => {
    await expect(answerGraphql(deps, { query, variables: {} })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
