import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { GateReport } from '#contracts/gates.ts';
import { mainJob } from '#local/main-job/main-job.ts';
import { recordStages, type StageResult } from '#local/main-job/stages.ts';
import { startProgress } from '#local/progress.ts';
import { closeClouds } from './cloud.ts';
import { jsonOf } from './evidence.ts';
import { model, platform, stateFolder } from './platform.ts';

const mlops = platform();
let results: readonly StageResult[] = [];
afterAll(closeClouds);
const facts = (stage: string) => results.find((result) => result.stage === stage)?.facts ?? {};

describe('the main job', () => {
  it('takes churn from raw data to a retrained model that has taken over', async () => {
    const progress = startProgress();
    const stages = recordStages(progress);
    results = stages.results;
    await mainJob({
      mlops,
      stages,
      say: (message) => progress.say(message),
      projectFolder: 'examples/churn',
      dataPath: undefined,
      workDir: join(stateFolder(), 'demo'),
    });
    expect(results.map(({ state }) => state)).toEqual(results.map(() => 'done'));
  });

  it('kept every customer and met every expectation', () => {
    expect(facts('ingest')).toMatchObject({ rows: '4000', unmet: '0', entities: '4000' });
  });

  it('trained a model beyond its gate, yet not beyond what the data allows', () => {
    expect(facts('train').roc_auc).toBeGreaterThan(0.85);
    expect(facts('train').roc_auc).toBeLessThan(0.95);
  });

  it('lost no request while versions changed', () => {
    expect(facts('roll out')).toMatchObject({ failed: 0, serving: 1, phase: 'stable' });
    expect(facts('roll out (by itself)')).toMatchObject({ failed: 0, serving: 2, phase: 'stable' });
    expect(facts('roll out (by itself)').answers).toMatch(/v1×\d+ v2×\d+/);
  });

  it('stayed calm in calm traffic and found the drift', () => {
    expect(facts('calm traffic').verdict).toBe('none');
    expect(facts('drifted traffic').verdict).toBe('severe');
    expect(facts('drifted traffic').drifted).toContain('avg_monthly_charges');
  });

  it('explained a prediction, and learned what became of all that it had predicted', () => {
    expect(facts('predict').because).toMatch(/^\w+ [+-]\S+, \w+ [+-]\S+, \w+ [+-]\S+$/);
    expect(facts('labels')).toEqual({ accepted: 400, predictions: 400, labelled: 400 });
  });

  it('left one version in production, the new one, with the history of both', async () => {
    const { items } = await mlops.registry.listVersions({ path: { name: model } });
    expect(items.map(({ version, stage }) => [version, stage])).toEqual([
      [2, 'Production'],
      [1, 'Archived'],
    ]);
    const history = await mlops.registry.listChanges({ path: { name: model } });
    expect(history.items.filter(({ kind }) => kind === 'stage').length).toBeGreaterThanOrEqual(3);
  });

  it('tracked every candidate with its metrics, and the gates that the best passed', async () => {
    const { items: experiments } = await mlops.tracking.listExperiments({});
    const experimentId = experiments.find(({ name }) => name === model)?.experimentId ?? '';
    const { items: runs } = await mlops.tracking.listRuns({ path: { experimentId } });
    const children = runs.filter(({ tags }) => tags['mlflow.parentRunId']);
    // Five algorithms and their stack, twice.
    expect(children).toHaveLength(12);
    for (const child of children) expect(child.metrics.map(({ key }) => key)).toContain('test_roc_auc');
    for (const run of runs) expect(run.info.status).toBe('FINISHED');
    const parents = runs.filter(({ tags }) => !tags['mlflow.parentRunId']);
    const reports = await Promise.all(
      parents.map(async ({ info }) => GateReport.parse(await jsonOf(`${info.artifactUri}/gate.json`))),
    );
    for (const { passed, verdicts } of reports) {
      expect(passed).toBe(true);
      expect(verdicts.map(({ gate }) => gate)).toEqual(expect.arrayContaining(['metric', 'production', 'parity']));
    }
    // Of the first there was nothing to measure; the second was better, as the world had changed.
    const againstProduction = reports.flatMap(({ verdicts }) => verdicts.filter(({ gate }) => gate === 'production'));
    expect(againstProduction.filter(({ value }) => value !== null)).toHaveLength(1);
  });
});
