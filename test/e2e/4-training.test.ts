import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GateReport } from '#contracts/gates.ts';
import type { PipelineRun } from '#contracts/pipelines.ts';
import type { StepOutput } from '#contracts/step.ts';
import type { Run } from '#contracts/tracking.ts';
import { trainingFiles } from '#contracts/training.ts';
import { TrainingResult } from '#contracts/training-result.ts';
import type { trainingSteps } from '#contracts/training-steps.ts';
import { closeClouds } from './cloud.ts';
import { jsonOf, overwrite } from './evidence.ts';
import { platform } from './platform.ts';
import { until } from './processes.ts';
import { endOf, makeProject, outputOf, startRun } from './small-project.ts';

type Prepared = StepOutput<typeof trainingSteps.prepare>;
type Registered = StepOutput<typeof trainingSteps.register>;
type Compared = StepOutput<typeof trainingSteps.compareReproduction>;

const mlops = platform();
const project = 'stacked';
const trials = 3;
/** Two train at a time: the third one's job still lies there when the first begins. */
const spoiled = 'xgboost';

const childrenOf = async ({ experimentId, runId }: Partial<Prepared>): Promise<Run[]> => {
  const { items } = await mlops.tracking.listRuns({ path: { experimentId: experimentId ?? '' } });
  return items.filter(({ tags }) => tags['mlflow.parentRunId'] === runId);
};
const metric = ({ metrics }: Run, key: string) => metrics.find((found) => found.key === key);

const prepared = (runId: string): Promise<Partial<Prepared>> =>
  until(async () => {
    const run = await mlops.pipelines.getPipelineRun({ path: { runId } });
    const output = outputOf<Prepared>(run, 'Prepare');
    return output.jobs || run.status !== 'RUNNING' ? output : undefined;
  }, 'the jobs of the candidates');

/** A candidate's run while it still trains and already shows its best score. */
const seenTraining = (output: Partial<Prepared>): Promise<Run> =>
  until(
    async () => (await childrenOf(output)).find((run) => run.info.status === 'RUNNING' && metric(run, 'best_score')),
    'the score of a trial while its candidate trains',
    120_000,
  );

let output: Partial<Prepared>;
let live: Run;
let run: PipelineRun;
let children: Run[];
beforeAll(async () => {
  await makeProject(mlops, project, `logistic-regression, random-forest, ${spoiled}`, { trials, stacking: true });
  expect((await endOf(mlops, await startRun(mlops, 'data', project))).status).toBe('SUCCEEDED');
  const runId = await startRun(mlops, 'training', project);
  output = await prepared(runId);
  const job = output.jobs?.find(({ candidate }) => candidate === spoiled);
  await overwrite(job?.specUri ?? '', 'no job');
  live = await seenTraining(output);
  run = await endOf(mlops, runId);
  children = await childrenOf(output);
});
afterAll(closeClouds);

const resultOf = async ({ info }: Run): Promise<TrainingResult> =>
  TrainingResult.parse(await jsonOf(`${info.artifactUri}/${trainingFiles.result}`));

describe('a training of several candidates', () => {
  it('succeeds though one of them fails every time', () => {
    expect([run.status, run.cause]).toEqual(['SUCCEEDED', undefined]);
    const ends = children.map(({ tags, info }) => [tags.candidate, info.status]);
    expect(ends.sort()).toEqual([
      ['logistic-regression', 'FINISHED'],
      ['random-forest', 'FINISHED'],
      ['stacking', 'FINISHED'],
      [spoiled, 'FAILED'],
    ]);
    const lost = children.find(({ tags }) => tags.candidate === spoiled);
    expect(lost?.tags['failure.reason']).toMatch(/States\.TaskFailed/);
  });

  it('shows trials while they are made: their scores, the best so far and the time', () => {
    expect(live.metrics.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['trial_score', 'best_score', 'elapsed_seconds']),
    );
    const ended = children.find(({ info }) => info.runId === live.info.runId) as Run;
    expect(metric(ended, 'best_score')?.step).toBe(trials - 1);
    expect(ended.info.status).toBe('FINISHED');
  });

  it('stacks those that have a model, and takes the best of all by cross-validation', async () => {
    const finished = children.filter(({ info }) => info.status === 'FINISHED');
    const results = await Promise.all(finished.map(resultOf));
    const best = [...results].sort((a, b) => b.cvScore - a.cvScore)[0];
    expect(outputOf<StepOutput<typeof trainingSteps.select>>(run, 'Select').candidate).toBe(best?.candidate);
    expect(results.find(({ candidate }) => candidate === 'stacking')?.trials.length).toBeLessThanOrEqual(1);
  });

  it('passes a gate where Python and Node answer as the original pipeline does', async () => {
    const parent = await mlops.tracking.getRun({ path: { runId: output.runId ?? '' } });
    const report = GateReport.parse(await jsonOf(`${parent.info.artifactUri}/gate.json`));
    const parity = report.verdicts.filter(({ gate }) => gate === 'parity');
    expect(parity.length).toBeGreaterThanOrEqual(2);
    expect(parity.map(({ name }) => name)).toContain('onnxruntime-node');
    for (const verdict of parity) {
      expect(verdict).toMatchObject({ passed: true });
      expect(verdict.value).toBeLessThanOrEqual(1e-5);
    }
    expect(report.passed).toBe(true);
    expect(outputOf<Registered>(run, 'Register')).toMatchObject({ model: project, version: 1 });
  });
});

describe('a run made once more', () => {
  it.each(['random-forest', 'stacking'])('gives the same bytes: %s', async (candidate) => {
    const original = children.find(({ tags }) => tags.candidate === candidate) as Run;
    const again = await endOf(mlops, await startRun(mlops, 'training', project, { reproduce: original.info.runId }));
    expect([again.status, again.cause]).toEqual(['SUCCEEDED', undefined]);
    const compared = outputOf<Compared>(again, 'CompareReproduction');
    const { sha256 } = (await resultOf(original)).onnx;
    expect(compared).toMatchObject({
      reproduced: true,
      onnxSha256: { original: sha256, again: sha256 },
    });
    // Threads of a forest add their trees' answers in any order: the graph, which adds them in one, is the same.
    expect(compared.maxMetricDifference).toBeLessThan(1e-6);
    expect(compared.runId).not.toBe(original.info.runId);
    // A reproduction is no training: no version comes of it.
    const { items } = await mlops.registry.listVersions({ path: { name: project } });
    expect(items.map(({ version }) => version)).toEqual([1]);
  });
});
